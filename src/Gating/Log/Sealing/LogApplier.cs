using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Log.Tiles;

namespace Gating.Log.Sealing;

/// <summary>
/// Makes what follows from a committed seal, all of it from the staging blob: tiles, the leaves' indexes, the end of their pending pointers, the last known checkpoint, the published one.
/// Recovery is this same code: every step may be repeated, by anybody, also by one who was paused and comes back late, and what is there already must be the same.
/// </summary>
internal sealed class LogApplier(LogStores stores, LogKeys keys)
{
    /// <summary>Requests at once, for the same reason as <see cref="LeafCollector"/>'s.</summary>
    private const int Writes = 64;

    /// <summary>Tries to advance a checkpoint that others move as well.</summary>
    private const int MaxTries = 5;

    /// <summary>
    /// A crash after the tiles leaves tiles that no checkpoint names yet; after the indexes, pointers to sealed leaves; after the last known checkpoint, one that is not published. The next run
    /// repeats all of it, and nothing else is sealed before that is done: the published checkpoint comes last and tells.
    /// </summary>
    public async Task ApplyAsync(LogState state, CancellationToken cancellation)
    {
        var staging = await ReadStagingAsync(state, cancellation);
        await WriteTilesAsync(state, staging, cancellation);
        CrashPoint.Reach(CrashPoint.AfterTiles);
        await stores.Leaves.SetIndexesAsync([.. staging.Leaves.Select((leaf, i) => new LeafIndex(leaf.Stream, leaf.Seq, staging.BaseSize + i))], cancellation);
        CrashPoint.Reach(CrashPoint.AfterIndexes);
        await stores.Leaves.DeletePendingAsync([.. staging.Leaves.Select(static leaf => new LeafPlace(leaf.Stream, leaf.Seq))], cancellation);
        CrashPoint.Reach(CrashPoint.AfterPointersGone);
        await PublishAsync(new(keys.Origin, state.Size, state.Root), cancellation);
    }

    private async Task<Staging> ReadStagingAsync(LogState state, CancellationToken cancellation)
    {
        if (await stores.Log.ReadStagingAsync(state.Staging, cancellation) is not { } bytes || Staging.NameOf(bytes.Span) != state.Staging)
        {
            throw new LogFrozenException($"the leaves of its last seal ({state.Staging}) are missing or not those that were sealed");
        }

        var staging = Staging.Decode(bytes.Span);
        return staging.BaseSize == state.BaseSize && staging.BaseRoot == state.BaseRoot && state.BaseSize + staging.Leaves.Length == state.Size
            ? staging
            : throw new LogFrozenException("its state and the leaves of its last seal are of different trees");
    }

    private async Task WriteTilesAsync(LogState state, Staging staging, CancellationToken cancellation)
    {
        var partials = new Dictionary<TileId, ReadOnlyMemory<byte>>();
        var ids = TileGrowth.Partials(state.BaseSize);
        foreach (var (id, bytes) in ids.Zip(await Task.WhenAll(ids.Select(id => stores.Log.ReadTileAsync(id, cancellation)))))
        {
            partials.Add(id, bytes ?? throw new LogFrozenException($"{id.Path} is missing"));
        }

        RequireBase(state, partials);
        var tiles = TileGrowth.Grow(state.BaseSize, partials, [.. staging.Leaves.Select(static leaf => (ReadOnlyMemory<byte>)leaf.Leaf.ToBytes())]);
        foreach (var tile in tiles)
        {
            partials[tile.Id] = tile.Bytes;
        }

        if (TileGrowth.RootOf(state.Size, partials) != state.Root)
        {
            throw new LogFrozenException($"the leaves of its last seal do not give the root of its {state.Size} leaves");
        }

        await Parallel.ForEachAsync(tiles, new ParallelOptions { MaxDegreeOfParallelism = Writes, CancellationToken = cancellation }, async (tile, cancel) =>
        {
            await stores.Log.PutTileAsync(tile, cancel);
            CrashPoint.Reach(CrashPoint.AmongTiles);
        });
    }

    /// <summary>What is built upon is the tree that was signed: a tile that was changed is not carried on.</summary>
    private static void RequireBase(LogState state, Dictionary<TileId, ReadOnlyMemory<byte>> partials)
    {
        var isWhole = TileGrowth.RootOf(state.BaseSize, partials) == state.BaseRoot
            && (TileId.Partial(TileId.EntriesLevel, state.BaseSize) is not { } entries
                || EntryBundle.Matches(partials[entries], partials[TileId.Partial(0, state.BaseSize)!.Value].Span));
        if (!isWhole)
        {
            throw new LogFrozenException($"its tiles are not those of the {state.BaseSize} leaves that were sealed");
        }
    }

    private async Task PublishAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        var note = await SignedNote.SignAsync(checkpoint.ToText(), keys.Signers, cancellation);

        // Known before it is published: nobody outside ever holds a checkpoint that a restore could make us forget.
        await AdvanceAsync(stores.LastKnown, "last known", checkpoint, note, cancellation);
        CrashPoint.Reach(CrashPoint.AfterLastKnown);
        await AdvanceAsync(stores.Published, "published", checkpoint, note, cancellation);
        CrashPoint.Reach(CrashPoint.AfterPublished);
    }

    /// <summary>Never back: whoever comes late finds a larger one, and leaves it.</summary>
    private async Task AdvanceAsync(ICheckpointStore store, string what, Checkpoint checkpoint, byte[] note, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var stored = await store.ReadAsync(cancellation);
            if (stored is not null && keys.Open(stored, what) is var standing && standing.Size >= checkpoint.Size)
            {
                if (standing.Size == checkpoint.Size && standing.Root != checkpoint.Root)
                {
                    throw new LogFrozenException($"it is another than the {what} checkpoint of {standing.Size} leaves says");
                }

                return;
            }

            if (await store.WriteAsync(note, stored?.Token, cancellation))
            {
                return;
            }
        }

        throw new StorageUnavailableException($"The {what} checkpoint moved during each of {MaxTries} tries to advance it.");
    }
}
