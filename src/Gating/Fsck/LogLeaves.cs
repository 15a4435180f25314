using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Fsck;

/// <summary>Leaves of a tree by their places, through a bounded cache of bundles. A bundle that does not match its tile tells nothing: the check of the tree has named it. Safe for concurrent use.</summary>
internal sealed class LogLeaves(ILogStore log, long size)
{
    /// <summary>Bundles kept: about 70 MB, a million leaves.</summary>
    private const int MaxKept = 4096;

    /// <summary>Searches of the whole log that one check may cost.</summary>
    private const int MaxSearches = 100;

    private readonly AgingCache<long, LogLeaf[]> _kept = new(MaxKept);
    private int _searches;

    public long Size => size;

    /// <summary>Null where its bundle is not to be believed.</summary>
    public async Task<LogLeaf?> AtAsync(long index, CancellationToken cancellation) =>
        await BundleAsync(index / TileId.FullWidth, cancellation) is { Length: > 0 } bundle ? bundle[index % TileId.FullWidth] : null;

    /// <summary>Where these leaves stand, looked for in the whole log; null where too much was looked for before.</summary>
    public async Task<IReadOnlyDictionary<LogLeaf, long>?> FindAsync(IReadOnlySet<LogLeaf> leaves, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _searches) > MaxSearches)
        {
            return null;
        }

        var found = new Dictionary<LogLeaf, long>();
        for (var index = 0L; index * TileId.FullWidth < size && found.Count < leaves.Count; index++)
        {
            var bundle = await BundleAsync(index, cancellation);
            for (var i = 0; i < bundle.Length; i++)
            {
                if (leaves.Contains(bundle[i]))
                {
                    found.TryAdd(bundle[i], (index * TileId.FullWidth) + i);
                }
            }
        }

        return found;
    }

    private async Task<LogLeaf[]> BundleAsync(long index, CancellationToken cancellation)
    {
        if (_kept.TryGet(index, out var kept))
        {
            return kept;
        }

        var width = (int)Math.Min(TileId.FullWidth, size - (index * TileId.FullWidth));
        var bundle = await log.ReadTileAsync(new(TileId.EntriesLevel, index, width), cancellation);
        var tile = await log.ReadTileAsync(new(0, index, width), cancellation);
        var leaves = bundle is { } bytes && tile is { } hashes && hashes.Length == width * TreeHash.Size && EntryBundle.Matches(bytes, hashes.Span)
            ? EntryBundle.Read(bytes, width)!
            : [];
        LogLeaf[] read = leaves.All(static leaf => leaf.Length == LogLeaf.Size) ? [.. leaves.Select(static leaf => LogLeaf.FromBytes(leaf.Span))] : [];
        _kept.Set(index, read);
        return read;
    }
}
