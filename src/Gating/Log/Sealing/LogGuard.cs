using Gating.Log.Merkle;
using Gating.Log.Tiles;

namespace Gating.Log.Sealing;

/// <summary>
/// Holds the state against the checkpoints that are out: a log that is shorter than one of them, or another, was restored or rewritten, and is neither sealed nor signed.
/// </summary>
internal sealed class LogGuard(LogStores stores, LogKeys keys)
{
    /// <summary>
    /// The state, and how many leaves are published of it. Throws <see cref="LogFrozenException"/> where it does not continue the last known checkpoint and the published one.
    /// </summary>
    public async Task<(StoredState? Stored, long Published)> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await TryReadAsync(cancellation);
        }
        catch (LogFrozenException)
        {
            // Three reads are no snapshot: others may have sealed twice between them. What is true stays true.
            return await TryReadAsync(cancellation);
        }
    }

    private async Task<(StoredState? Stored, long Published)> TryReadAsync(CancellationToken cancellation)
    {
        // Checkpoints first: the state that is read after them is at least as far.
        var known = await ReadAsync(stores.LastKnown, "last known", cancellation);
        var published = await ReadAsync(stores.Published, "published", cancellation);
        var stored = await stores.Log.ReadStateAsync(cancellation);
        if (known is null && stored?.State.BaseSize > 0)
        {
            throw new LogFrozenException($"the log was sealed before and the last known checkpoint is missing");
        }

        await RequireContinuesAsync(stored?.State, known, "last known", cancellation);
        await RequireContinuesAsync(stored?.State, published, "published", cancellation);
        return (stored, published?.Size ?? 0);
    }

    private async Task<Checkpoint?> ReadAsync(ICheckpointStore store, string what, CancellationToken cancellation) =>
        await store.ReadAsync(cancellation) is { } stored ? keys.Open(stored, what) : null;

    private async Task RequireContinuesAsync(LogState? state, Checkpoint? checkpoint, string what, CancellationToken cancellation)
    {
        var size = state?.Size ?? 0;
        if (checkpoint is null || (checkpoint.Size == 0 && checkpoint.Root == TreeHash.Empty))
        {
            return;
        }

        if (state is null || checkpoint.Size > size)
        {
            throw new LogFrozenException($"it has {size} leaves, and the {what} checkpoint has {checkpoint.Size}");
        }

        if (checkpoint.Size < state.BaseSize)
        {
            // It lags behind: what it says must be the beginning of what was applied last.
            await new TileProofs(stores.Log.ReadTileAsync).ConsistencyAsync(checkpoint.Size, checkpoint.Root, state.BaseSize, state.BaseRoot, cancellation);
        }
        else if (checkpoint.Root != (checkpoint.Size == size ? state.Root : checkpoint.Size == state.BaseSize ? state.BaseRoot : default))
        {
            throw new LogFrozenException($"it is another than the {what} checkpoint of {checkpoint.Size} leaves says");
        }
    }
}
