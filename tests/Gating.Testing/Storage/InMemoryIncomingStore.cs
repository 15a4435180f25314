using System.Globalization;
using System.Runtime.CompilerServices;
using Gating.Archive;
using Gating.Generations;

namespace Gating.Testing.Storage;

/// <summary>Files that came in, in memory. What an app does with its address is <see cref="Put"/>.</summary>
public sealed class InMemoryIncomingStore(TimeProvider time, Faults? faults = null) : IIncomingStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentId, (byte[] Bytes, string Token, DateTimeOffset At)> _files = [];
    private readonly Dictionary<ContentId, (IncomingRefusal Refusal, string Token, DateTimeOffset At)> _notes = [];
    private int _tokens;

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyCollection<ContentId> Contents
    {
        get
        {
            lock (_lock)
            {
                return [.. _files.Keys];
            }
        }
    }

    /// <summary>False where a file is there.</summary>
    public bool Put(ContentId content, byte[] bytes) => Locked(() => _files.TryAdd(content, (bytes, NewToken(), time.GetUtcNow())));

    /// <summary>As it cannot happen by an app's address: the file goes, and another comes.</summary>
    public void Replace(ContentId content, byte[] bytes) => Locked(() => _files[content] = (bytes, NewToken(), time.GetUtcNow()));

    public Task<Uri> OpenForUploadAsync(ContentId content, DateTimeOffset until, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.OpenUpload, () => new Uri(FormattableString.Invariant($"memory:{content}?{until.ToUnixTimeSeconds()}")), cancellation);

    public Task<IncomingFile?> FindAsync(ContentId content, CancellationToken cancellation) =>
        RunAsync(StoreCall.FindIncoming, () => _files.TryGetValue(content, out var file) ? new IncomingFile(file.Token, file.Bytes.Length) : null, cancellation);

    public Task<bool> ReadAsync(ContentId content, string token, long offset, Memory<byte> destination, CancellationToken cancellation) =>
        RunAsync(
            StoreCall.ReadIncoming,
            () =>
            {
                if (!_files.TryGetValue(content, out var file) || !string.Equals(file.Token, token, StringComparison.Ordinal))
                {
                    return false;
                }

                file.Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
                return true;
            },
            cancellation);

    public Task DeleteAsync(ContentId content, string token, CancellationToken cancellation) =>
        RunAsync(
            StoreCall.DeleteIncoming,
            () => (_files.TryGetValue(content, out var file) && string.Equals(file.Token, token, StringComparison.Ordinal) && _files.Remove(content))
                || (_notes.TryGetValue(content, out var note) && string.Equals(note.Token, token, StringComparison.Ordinal) && _notes.Remove(content)),
            cancellation);

    public async IAsyncEnumerable<IncomingItem> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var items = await RunAsync<IReadOnlyList<IncomingItem>>(
            StoreCall.ListIncoming,
            () => [.. _files.Select(static one => new IncomingItem(one.Key, one.Value.At, one.Value.Token)), .. _notes.Select(static one => new IncomingItem(one.Key, one.Value.At, one.Value.Token))],
            cancellation);
        foreach (var item in items)
        {
            yield return item;
        }
    }

    public Task NoteAsync(ContentId content, IncomingRefusal refusal, CancellationToken cancellation) =>
        RunAsync(StoreCall.WriteNote, () => _notes[content] = (refusal, NewToken(), time.GetUtcNow()), cancellation);

    public Task<IncomingRefusal?> FindNoteAsync(ContentId content, CancellationToken cancellation) =>
        RunAsync(StoreCall.ReadNote, () => _notes.TryGetValue(content, out var note) ? note.Refusal : null, cancellation);

    private string NewToken() => (++_tokens).ToString(CultureInfo.InvariantCulture);

    private Task<T> RunAsync<T>(StoreCall call, Func<T> effect, CancellationToken cancellation) => Faults.RunAsync(call, () => Locked(effect), cancellation);

    private T Locked<T>(Func<T> effect)
    {
        lock (_lock)
        {
            return effect();
        }
    }
}
