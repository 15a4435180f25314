using System.Collections.Concurrent;
using Gating.Archive;
using Gating.Generations;

namespace Gating.Testing.Storage;

/// <summary>The archive in memory: write-once, and what is taken away is taken away by its token.</summary>
public sealed class InMemoryArchiveStore(Faults? faults = null) : IArchiveStore
{
    private readonly ConcurrentDictionary<string, Kept> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _locked = new(StringComparer.Ordinal);
    private long _tokens;

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyCollection<ContentId> Contents => [.. _files.Values.Select(static kept => kept.File.Content)];

    /// <summary>Changes what a file's reference says, as somebody with a portal can.</summary>
    public void Tamper(ContentId content, string? reference) => Change(content, kept => kept with { Reference = reference });

    /// <summary>Storage says that it keeps the file until then.</summary>
    public void Lock(ContentId content, DateTimeOffset? until) => Change(content, kept => kept with { LockedUntil = until });

    /// <summary>Storage keeps the file and does not say so before it is asked to delete it.</summary>
    public void LockSilently(ContentId content, bool isLocked) => _locked[content.Text] = isLocked;

    public async Task<StoreOutcome> StoreAsync(ArchivedFile file, string reference, Stream content, CancellationToken cancellation)
    {
        var bytes = new byte[file.Length];
        await content.ReadExactlyAsync(bytes, cancellation);
        return await Faults.RunAsync<StoreOutcome>(
            StoreCall.StoreFile,
            () =>
            {
                cancellation.ThrowIfCancellationRequested();
                return _files.TryAdd(file.Content.Text, new(file, bytes, reference, null, NewToken())) ? new StoreOutcome.Stored() : new StoreOutcome.Exists(_files[file.Content.Text].File);
            },
            cancellation);
    }

    public Task<ArchivedFile?> FindAsync(ContentId content, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadFile, () => _files.TryGetValue(content.Text, out var found) ? found.File : null, cancellation);

    public Task<Stream?> OpenAsync(ContentId content, long offset, long length, CancellationToken cancellation) =>
        Faults.RunAsync<Stream?>(
            StoreCall.ReadFile, () => _files.TryGetValue(content.Text, out var found) ? new MemoryStream(found.Bytes, (int)offset, (int)length, writable: false) : null, cancellation);

    public Task<ArchivePage<KeptFile>> ListAsync(string prefix, string? continuation, int most, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ListFiles, () => Page(_files.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal)), continuation, most, static file => Listed(file.Key, file.Value)), cancellation);

    public Task<ArchivePage<string>> FindDueAsync(DateTimeOffset by, string? continuation, int most, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.FindDueFiles, () => Page(_files.Where(file => file.Value.File.RetainUntil <= by), continuation, most, static file => file.Key), cancellation);

    public Task<KeptFile?> LookAsync(string name, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.LookAtFile, () => _files.TryGetValue(name, out var kept) ? Listed(name, kept) : null, cancellation);

    public Task<DeleteOutcome> DeleteAsync(KeptFile file, CancellationToken cancellation) =>
        Faults.RunAsync(
            StoreCall.DeleteFile,
            () => !_files.TryGetValue(file.Name, out var kept) ? DeleteOutcome.Gone
                : kept.Token != file.Token ? DeleteOutcome.Changed
                : _locked.GetValueOrDefault(file.Name) ? DeleteOutcome.Locked
                : _files.TryRemove(new(file.Name, kept)) ? DeleteOutcome.Gone
                : DeleteOutcome.Changed,
            cancellation);

    private static ArchivePage<T> Page<T>(IEnumerable<KeyValuePair<string, Kept>> files, string? continuation, int most, Func<KeyValuePair<string, Kept>, T> read)
    {
        var page = files.Where(file => string.CompareOrdinal(file.Key, continuation) > 0).OrderBy(static file => file.Key, StringComparer.Ordinal).Take(most).ToArray();
        return new([.. page.Select(read)], page.Length == most ? page[^1].Key : null);
    }

    private static KeptFile Listed(string name, Kept kept) => new(name, kept.Reference, kept.LockedUntil, kept.Token);

    private void Change(ContentId content, Func<Kept, Kept> change) =>
        _files.AddOrUpdate(content.Text, static _ => throw new InvalidOperationException("No such file."), (_, kept) => change(kept) with { Token = NewToken() });

    private string NewToken() => $"\"{Interlocked.Increment(ref _tokens)}\"";

    private sealed record Kept(ArchivedFile File, byte[] Bytes, string? Reference, DateTimeOffset? LockedUntil, string Token);
}
