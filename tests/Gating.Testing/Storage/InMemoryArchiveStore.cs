using System.Collections.Concurrent;
using Gating.Archive;
using Gating.Generations;

namespace Gating.Testing.Storage;

/// <summary>The archive in memory: write-once.</summary>
public sealed class InMemoryArchiveStore(Faults? faults = null) : IArchiveStore
{
    private readonly ConcurrentDictionary<ContentId, (ArchivedFile File, byte[] Bytes)> _files = new();

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyCollection<ContentId> Contents => [.. _files.Keys];

    public async Task<StoreOutcome> StoreAsync(ArchivedFile file, Stream content, CancellationToken cancellation)
    {
        var bytes = new byte[file.Length];
        await content.ReadExactlyAsync(bytes, cancellation);
        return await Faults.RunAsync<StoreOutcome>(
            StoreCall.StoreFile, () => _files.TryAdd(file.Content, (file, bytes)) ? new StoreOutcome.Stored() : new StoreOutcome.Exists(_files[file.Content].File), cancellation);
    }

    public Task<ArchivedFile?> FindAsync(ContentId content, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadFile, () => _files.TryGetValue(content, out var found) ? found.File : null, cancellation);

    public Task<Stream?> OpenAsync(ContentId content, long offset, long length, CancellationToken cancellation) =>
        Faults.RunAsync<Stream?>(
            StoreCall.ReadFile, () => _files.TryGetValue(content, out var found) ? new MemoryStream(found.Bytes, (int)offset, (int)length, writable: false) : null, cancellation);
}
