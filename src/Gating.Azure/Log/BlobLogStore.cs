using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Azure.Log;

/// <summary>The log's blobs, in one container that nobody outside reads directly: the staging blobs say which leaf is whose.</summary>
public sealed class BlobLogStore : ILogStore
{
    private const string Binary = "application/octet-stream";

    private readonly SmallBlobs _blobs;
    private readonly StoredMac _mac;

    internal BlobLogStore(SmallBlobs blobs, StoredMac mac) => (_blobs, _mac) = (blobs, mac);

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _blobs.EnsureCreatedAsync(cancellation);

    public async Task<StoredState?> ReadStateAsync(CancellationToken cancellation)
    {
        if (await _blobs.ReadAsync(TableKeys.LogState, cancellation) is not { } blob)
        {
            return null;
        }

        var end = Math.Max(blob.Bytes.Length - RowMac.Size, 0);
        var state = LogState.Decode(blob.Bytes.Span[..end]);
        return _mac.Holds(RowMacKind.LogState, [], blob.Bytes.Span[..end], blob.Bytes.Span[end..])
            ? new(state, blob.Token)
            : throw new LogFrozenException("its state is not what a gate wrote: the MAC is of other bytes or another data key");
    }

    // The state and then its MAC: one blob, so that the two are never of different seals.
    public Task<bool> WriteStateAsync(LogState state, string? token, CancellationToken cancellation)
    {
        var bytes = state.Encode();
        return _blobs.WriteAsync(TableKeys.LogState, (byte[])[.. bytes, .. _mac.Of(RowMacKind.LogState, [], bytes)], token, Binary, cancellation);
    }

    // Whoever was first wrote the same: the name is the hash. Reading compares.
    public Task PutStagingAsync(EntryHash name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        _blobs.WriteAsync(TableKeys.Staging(name), bytes, null, Binary, cancellation);

    public async Task<ReadOnlyMemory<byte>?> ReadStagingAsync(EntryHash name, CancellationToken cancellation) =>
        (await _blobs.ReadAsync(TableKeys.Staging(name), cancellation))?.Bytes;

    public async Task PutTileAsync(Tile tile, CancellationToken cancellation)
    {
        if (await _blobs.WriteAsync(tile.Id.Path, tile.Bytes, null, Binary, cancellation))
        {
            return;
        }

        var there = await ReadTileAsync(tile.Id, cancellation) ?? throw new StorageUnavailableException("A tile that was there is gone.");
        if (!there.Span.SequenceEqual(tile.Bytes.Span))
        {
            throw new LogFrozenException($"{tile.Id.Path} is there with other bytes");
        }
    }

    public async Task<ReadOnlyMemory<byte>?> ReadTileAsync(TileId id, CancellationToken cancellation) => (await _blobs.ReadAsync(id.Path, cancellation))?.Bytes;

    public Task<string?> TryLeaseAsync(TimeSpan duration, CancellationToken cancellation) => _blobs.TryLeaseAsync(TableKeys.LogLease, duration, cancellation);

    public Task ReleaseLeaseAsync(string lease, CancellationToken cancellation) => _blobs.ReleaseAsync(TableKeys.LogLease, lease, cancellation);
}

/// <summary>One signed checkpoint in a blob.</summary>
public sealed class BlobCheckpointStore : ICheckpointStore
{
    private readonly SmallBlobs _blobs;

    internal BlobCheckpointStore(SmallBlobs blobs) => _blobs = blobs;

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _blobs.EnsureCreatedAsync(cancellation);

    public async Task<StoredNote?> ReadAsync(CancellationToken cancellation) =>
        await _blobs.ReadAsync(TableKeys.Checkpoint, cancellation) is { } blob ? new(blob.Bytes, blob.Token) : null;

    public Task<bool> WriteAsync(ReadOnlyMemory<byte> note, string? token, CancellationToken cancellation) =>
        _blobs.WriteAsync(TableKeys.Checkpoint, note, token, "text/plain; charset=utf-8", cancellation);
}
