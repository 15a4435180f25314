using Gating.Log.Merkle;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Fsck;

/// <summary>
/// The tree of a size, recomputed level by level from its leaves. Where a bundle and the hashes beside it differ, the root that was signed says which of the two is wrong. Keeps 32 bytes for each
/// 256 leaves.
/// </summary>
/// <param name="asked">Sizes up to <paramref name="size"/> whose roots are wanted.</param>
internal sealed class TreeCheck(ILogStore log, long size, TreeHash root, IReadOnlySet<long> asked, List<FsckFinding> findings)
{
    private const int AtOnce = 16;

    private readonly List<Bundle> _doubtful = [];
    private readonly List<byte> _byLeaves = [];
    private readonly List<byte> _byTiles = [];
    private readonly Dictionary<long, (TreeHash ByLeaves, TreeHash ByTiles)> _roots = [];
    private bool _isWhole = true;
    private TreeEdge _leafEdge = TreeEdge.Empty;
    private TreeEdge _tileEdge = TreeEdge.Empty;

    /// <param name="ByLeaves">Hashes of its leaves; empty where it cannot be read.</param>
    /// <param name="ByTile">What the tile of level 0 says; empty where it cannot be read.</param>
    private sealed record Bundle(long Index, int Width, byte[] ByLeaves, byte[] ByTile, bool HasLeaves, bool HasTile);

    /// <summary>The widest tile of that place: what all narrower ones are the beginning of.</summary>
    public TileId? Widest(TileId id) =>
        TileId.HashesAt(id.Level, size) - (id.Index * TileId.FullWidth) is > 0 and var left ? id with { Width = (int)Math.Min(TileId.FullWidth, left) } : null;

    /// <summary>The roots that were asked for and that of the whole; null where the root that was signed does not come out.</summary>
    public async Task<IReadOnlyDictionary<long, TreeHash>?> RunAsync(CancellationToken cancellation)
    {
        _roots[0] = (TreeHash.Empty, TreeHash.Empty);
        var count = (size + TileId.FullWidth - 1) / TileId.FullWidth;
        for (var first = 0L; first < count; first += AtOnce)
        {
            var indexes = Enumerable.Range(0, (int)Math.Min(AtOnce, count - first)).Select(i => first + i);
            foreach (var bundle in await Task.WhenAll(indexes.Select(index => ReadAsync(index, cancellation))))
            {
                Add(bundle);
            }
        }

        var isByLeaves = _isWhole && _leafEdge.Root == root;
        var isByTiles = _isWhole && _tileEdge.Root == root;
        foreach (var bundle in _doubtful)
        {
            Blame(bundle, isByLeaves, isByTiles);
        }

        if (!isByLeaves && !isByTiles)
        {
            if (_isWhole && _doubtful.Count == 0)
            {
                findings.Add(new FsckFinding.Wrong(new StoredThing.Published(), FsckFault.Differs, _leafEdge.Root.ToString(), root.ToString()));
            }

            return null;
        }

        await CheckAboveAsync([.. isByLeaves ? _byLeaves : _byTiles], cancellation);
        return _roots.ToDictionary(static one => one.Key, one => isByLeaves ? one.Value.ByLeaves : one.Value.ByTiles);
    }

    private async Task<Bundle> ReadAsync(long index, CancellationToken cancellation)
    {
        var width = (int)Math.Min(TileId.FullWidth, size - (index * TileId.FullWidth));
        var entries = await log.ReadTileAsync(new(TileId.EntriesLevel, index, width), cancellation);
        var tile = await log.ReadTileAsync(new(0, index, width), cancellation);
        var leaves = entries is { } bytes ? EntryBundle.Read(bytes, width) : null;
        var hashes = new byte[width * TreeHash.Size];
        for (var i = 0; i < leaves?.Count; i++)
        {
            TreeHash.OfLeaf(leaves[i].Span).Write(hashes.AsSpan(i * TreeHash.Size));
        }

        return new(index, width, leaves is null ? [] : hashes, tile is { } found && found.Length == hashes.Length ? found.ToArray() : [], entries is not null, tile is not null);
    }

    private void Add(Bundle bundle)
    {
        if (!bundle.ByLeaves.AsSpan().SequenceEqual(bundle.ByTile) || bundle.ByLeaves.Length == 0)
        {
            _doubtful.Add(bundle);
        }

        _isWhole &= bundle.ByLeaves.Length + bundle.ByTile.Length > 0;
        _leafEdge = Append(_leafEdge, bundle.ByLeaves.Length > 0 ? bundle.ByLeaves : bundle.ByTile, _byLeaves, isByLeaves: true);
        _tileEdge = Append(_tileEdge, bundle.ByTile.Length > 0 ? bundle.ByTile : bundle.ByLeaves, _byTiles, isByLeaves: false);
    }

    private TreeEdge Append(TreeEdge edge, byte[] row, List<byte> above, bool isByLeaves)
    {
        var hashes = new TreeHash[row.Length / TreeHash.Size];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = TreeHash.FromBytes(row.AsSpan(i * TreeHash.Size, TreeHash.Size));
        }

        foreach (var wanted in asked.Append(size).Where(wanted => wanted > edge.Size && wanted <= edge.Size + hashes.Length))
        {
            var found = edge.Append(hashes.AsSpan(0, (int)(wanted - edge.Size))).Root;
            var known = _roots.GetValueOrDefault(wanted);
            _roots[wanted] = isByLeaves ? (found, known.ByTiles) : (known.ByLeaves, found);
        }

        if (hashes.Length == TileId.FullWidth)
        {
            above.AddRange(TreeHash.OfRow(row).Value.ToBytes());
        }

        return edge.Append(hashes);
    }

    private void Blame(Bundle bundle, bool isByLeaves, bool isByTiles)
    {
        var (entries, tile) = (new TileId(TileId.EntriesLevel, bundle.Index, bundle.Width), new TileId(0, bundle.Index, bundle.Width));
        if (bundle.ByLeaves.Length == 0 || !isByLeaves)
        {
            Say(entries, bundle.HasLeaves, bundle.ByLeaves, bundle.ByTile);
        }

        if (bundle.ByTile.Length == 0 || !isByTiles)
        {
            Say(tile, bundle.HasTile, bundle.ByTile, bundle.ByLeaves);
        }
    }

    private void Say(TileId id, bool isThere, byte[] found, byte[] expected) => findings.Add(new FsckFinding.Wrong(
        new StoredThing.Tile(id),
        isThere ? FsckFault.Differs : FsckFault.Missing,
        expected.Length == 0 ? "what was signed" : TreeHash.OfRow(expected).ToString(),
        found.Length > 0 ? TreeHash.OfRow(found).ToString() : isThere ? "bytes that are not whole" : "nothing"));

    /// <summary>Levels 1 and up, from the hashes of what is below.</summary>
    private async Task CheckAboveAsync(byte[] row, CancellationToken cancellation)
    {
        for (var level = 1; row.Length > 0; level++)
        {
            var above = new List<byte>();
            for (var (start, index) = (0, 0L); start < row.Length; start += TileId.FullWidth * TreeHash.Size, index++)
            {
                var expected = row.AsMemory(start, Math.Min(TileId.FullWidth * TreeHash.Size, row.Length - start));
                var id = new TileId(level, index, expected.Length / TreeHash.Size);
                var found = await log.ReadTileAsync(id, cancellation);
                if (found is null || !found.Value.Span.SequenceEqual(expected.Span))
                {
                    findings.Add(new FsckFinding.Wrong(
                        new StoredThing.Tile(id), found is null ? FsckFault.Missing : FsckFault.Differs, TreeHash.OfRow(expected.Span).ToString(), found is null ? "nothing" : "other hashes"));
                }

                if (id.IsFull)
                {
                    above.AddRange(TreeHash.OfRow(expected.Span).Value.ToBytes());
                }
            }

            row = [.. above];
        }
    }
}
