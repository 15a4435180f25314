using Gating.Log.Merkle;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Fsck;

/// <summary>
/// The tree of a size, recomputed level by level from its leaves. Where a bundle and the hashes beside it differ, the level above says which of the two is wrong, and the root that was signed whether that is
/// so. Keeps 128 bytes for each 256 leaves.
/// </summary>
/// <param name="asked">Sizes up to <paramref name="size"/> whose roots are wanted.</param>
internal sealed class TreeCheck(ILogStore log, long size, TreeHash root, IReadOnlySet<long> asked, List<FsckFinding> findings)
{
    private const int AtOnce = 16;

    private readonly List<Bundle> _doubtful = [];
    private readonly Reading[] _readings =
    [
        new(static bundle => bundle.ByLeaves.Length > 0 ? bundle.ByLeaves : bundle.ByTile),
        new(static bundle => bundle.ByTile.Length > 0 ? bundle.ByTile : bundle.ByLeaves),

        // More than one is wrong, and not all on the same side. Of the last one nothing is above while it is not full.
        new(static bundle => bundle.ByAbove.Length > 0 ? bundle.ByAbove : bundle.ByLeaves),
        new(static bundle => bundle.ByAbove.Length > 0 ? bundle.ByAbove : bundle.ByTile),
    ];

    private bool _isWhole = true;
    private (TileId Id, ReadOnlyMemory<byte>? Bytes) _above;

    /// <param name="ByLeaves">Hashes of its leaves; empty where it cannot be read.</param>
    /// <param name="ByTile">What the tile of level 0 says; empty where it cannot be read.</param>
    /// <param name="ByAbove">The one of the two that the tile of level 1 was made of; empty where that is neither.</param>
    private sealed record Bundle(long Index, int Width, byte[] ByLeaves, byte[] ByTile, byte[] ByAbove, bool HasLeaves, bool HasTile)
    {
        public bool IsDoubtful => ByLeaves.Length == 0 || !ByLeaves.AsSpan().SequenceEqual(ByTile);
    }

    /// <summary>The tree as it is where of each bundle that one of its two rows is believed.</summary>
    private sealed class Reading(Func<Bundle, byte[]> believed)
    {
        private TreeEdge _edge = TreeEdge.Empty;

        public TreeHash Root => _edge.Root;

        public Dictionary<long, TreeHash> Roots { get; } = new() { [0] = TreeHash.Empty };

        /// <summary>The hashes of level 1.</summary>
        public List<byte> Above { get; } = [];

        public byte[] Of(Bundle bundle) => believed(bundle);

        public void Add(Bundle bundle, IEnumerable<long> sizes)
        {
            var row = believed(bundle);
            var hashes = new TreeHash[row.Length / TreeHash.Size];
            for (var i = 0; i < hashes.Length; i++)
            {
                hashes[i] = TreeHash.FromBytes(row.AsSpan(i * TreeHash.Size, TreeHash.Size));
            }

            foreach (var wanted in sizes.Where(wanted => wanted > _edge.Size && wanted <= _edge.Size + hashes.Length))
            {
                Roots[wanted] = _edge.Append(hashes.AsSpan(0, (int)(wanted - _edge.Size))).Root;
            }

            if (hashes.Length == TileId.FullWidth)
            {
                Above.AddRange(TreeHash.OfRow(row).Value.ToBytes());
            }

            _edge = _edge.Append(hashes);
        }
    }

    /// <summary>The widest tile of that place: what all narrower ones are the beginning of.</summary>
    public TileId? Widest(TileId id) =>
        TileId.HashesAt(id.Level, size) - (id.Index * TileId.FullWidth) is > 0 and var left ? id with { Width = (int)Math.Min(TileId.FullWidth, left) } : null;

    /// <summary>The roots that were asked for and that of the whole; null where the root that was signed does not come out.</summary>
    public async Task<IReadOnlyDictionary<long, TreeHash>?> RunAsync(CancellationToken cancellation)
    {
        var count = (size + TileId.FullWidth - 1) / TileId.FullWidth;
        for (var first = 0L; first < count; first += AtOnce)
        {
            var indexes = Enumerable.Range(0, (int)Math.Min(AtOnce, count - first)).Select(i => first + i);
            foreach (var bundle in await Task.WhenAll(indexes.Select(index => ReadAsync(index, cancellation))))
            {
                await AddAsync(bundle, cancellation);
            }
        }

        var good = _isWhole ? Array.Find(_readings, reading => reading.Root == root) : null;
        foreach (var bundle in _doubtful)
        {
            Blame(bundle, good?.Of(bundle));
        }

        if (good is null)
        {
            if (_isWhole && _doubtful.Count == 0)
            {
                findings.Add(new FsckFinding.Wrong(new StoredThing.Published(), FsckFault.Differs, _readings[0].Root.ToString(), root.ToString()));
            }

            return null;
        }

        await CheckAboveAsync([.. good.Above], cancellation);
        return good.Roots;
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

        return new(index, width, leaves is null ? [] : hashes, tile is { } found && found.Length == hashes.Length ? found.ToArray() : [], [], entries is not null, tile is not null);
    }

    private async Task AddAsync(Bundle bundle, CancellationToken cancellation)
    {
        if (bundle.IsDoubtful)
        {
            bundle = bundle with { ByAbove = await AskAboveAsync(bundle, cancellation) };
            _doubtful.Add(bundle);
        }
        else
        {
            bundle = bundle with { ByAbove = bundle.ByLeaves };
        }

        _isWhole &= bundle.ByLeaves.Length + bundle.ByTile.Length > 0;
        foreach (var reading in _readings)
        {
            reading.Add(bundle, asked.Append(size));
        }
    }

    private async Task<byte[]> AskAboveAsync(Bundle bundle, CancellationToken cancellation)
    {
        if (bundle.Width < TileId.FullWidth || Widest(new(1, bundle.Index / TileId.FullWidth, 0)) is not { } id)
        {
            return [];
        }

        if (_above.Id != id)
        {
            _above = (id, await log.ReadTileAsync(id, cancellation));
        }

        if (_above.Bytes is not { } above || above.Length != id.Width * TreeHash.Size)
        {
            return [];
        }

        var hash = TreeHash.FromBytes(above.Span.Slice((int)(bundle.Index % TileId.FullWidth) * TreeHash.Size, TreeHash.Size));
        return Array.Find([bundle.ByLeaves, bundle.ByTile], row => row.Length > 0 && TreeHash.OfRow(row) == hash) ?? [];
    }

    /// <summary>Names what is not as it was signed; both of the two where that cannot be said.</summary>
    private void Blame(Bundle bundle, byte[]? signed)
    {
        var (entries, tile) = (new TileId(TileId.EntriesLevel, bundle.Index, bundle.Width), new TileId(0, bundle.Index, bundle.Width));
        if (bundle.ByLeaves.Length == 0 || signed is null || !bundle.ByLeaves.AsSpan().SequenceEqual(signed))
        {
            Say(entries, bundle.HasLeaves, bundle.ByLeaves, bundle.ByTile);
        }

        if (bundle.ByTile.Length == 0 || signed is null || !bundle.ByTile.AsSpan().SequenceEqual(signed))
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
