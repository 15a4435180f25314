using Gating.Log.Merkle;

namespace Gating.Log.Tiles;

/// <summary>A tile and its bytes.</summary>
public sealed record Tile(TileId Id, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// The tiles that a growing tree adds. Pure: what is made depends on the tree alone, so that whoever makes a tile a second time makes the same bytes.
/// </summary>
public static class TileGrowth
{
    /// <summary>
    /// The partial tiles of a tree of <paramref name="size"/> leaves: what must be read before it can grow, and what its root can be computed from. Entries last.
    /// </summary>
    public static IReadOnlyList<TileId> Partials(long size)
    {
        var partials = new List<TileId>();
        for (var level = 0; TileId.HashesAt(level, size) > 0; level++)
        {
            if (TileId.Partial(level, size) is { } partial)
            {
                partials.Add(partial);
            }
        }

        if (TileId.Partial(TileId.EntriesLevel, size) is { } entries)
        {
            partials.Add(entries);
        }

        return partials;
    }

    /// <summary>The tiles that are new when <paramref name="leaves"/> follow the first <paramref name="size"/>: full ones, and for each level its new partial one. Entries last.</summary>
    /// <param name="partials">Bytes of <see cref="Partials"/> of <paramref name="size"/>.</param>
    public static IReadOnlyList<Tile> Grow(long size, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> partials, IReadOnlyList<ReadOnlyMemory<byte>> leaves)
    {
        var tiles = new List<Tile>();
        var hashes = new List<byte>(leaves.Count * TreeHash.Size);
        Span<byte> one = stackalloc byte[TreeHash.Size];
        foreach (var leaf in leaves)
        {
            TreeHash.OfLeaf(leaf.Span).Write(one);
            hashes.AddRange(one);
        }

        for (var level = 0; hashes.Count > 0; level++)
        {
            hashes = GrowLevel(level, size, partials, hashes, tiles);
        }

        GrowEntries(size, partials, leaves, tiles);
        return tiles;
    }

    /// <summary>The root of the tree of <paramref name="size"/> leaves, from its partial tiles; null where one is missing or not as long as its width says.</summary>
    public static TreeHash? RootOf(long size, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> partials)
    {
        TreeHash? root = null;
        foreach (var id in Partials(size).Where(static id => id.Level != TileId.EntriesLevel))
        {
            if (!partials.TryGetValue(id, out var bytes) || bytes.Length != id.Width * TreeHash.Size)
            {
                return null;
            }

            // From the right: what is to the right of a level's hashes are the levels below it.
            root = Fold(bytes.Span, root);
        }

        return root ?? (size == 0 ? TreeHash.Empty : null);
    }

    private static List<byte> GrowLevel(
        int level, long size, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> partials, List<byte> added, List<Tile> tiles)
    {
        var before = TileId.HashesAt(level, size);
        var row = new List<byte>(added.Count + (TileId.FullWidth * TreeHash.Size));
        if (TileId.Partial(level, size) is { } partial)
        {
            row.AddRange(partials[partial].Span);
        }

        row.AddRange(added);
        var (bytes, above) = (row.ToArray(), new List<byte>());
        Span<byte> root = stackalloc byte[TreeHash.Size];
        for (var (start, index) = (0, before / TileId.FullWidth); start < bytes.Length; start += TileId.FullWidth * TreeHash.Size, index++)
        {
            var content = bytes.AsMemory(start, Math.Min(TileId.FullWidth * TreeHash.Size, bytes.Length - start));
            var id = new TileId(level, index, content.Length / TreeHash.Size);
            tiles.Add(new(id, content));
            if (id.IsFull)
            {
                TreeHash.OfRow(content.Span).Write(root);
                above.AddRange(root);
            }
        }

        return above;
    }

    private static void GrowEntries(long size, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> partials, IReadOnlyList<ReadOnlyMemory<byte>> leaves, List<Tile> tiles)
    {
        var bundle = new List<byte>();
        if (TileId.Partial(TileId.EntriesLevel, size) is { } partial)
        {
            bundle.AddRange(partials[partial].Span);
        }

        var at = size;
        foreach (var leaf in leaves)
        {
            EntryBundle.Append(bundle, leaf.Span);
            if (++at % TileId.FullWidth == 0)
            {
                tiles.Add(new(new(TileId.EntriesLevel, (at / TileId.FullWidth) - 1, TileId.FullWidth), bundle.ToArray()));
                bundle.Clear();
            }
        }

        if (bundle.Count > 0)
        {
            tiles.Add(new(TileId.Partial(TileId.EntriesLevel, at)!.Value, bundle.ToArray()));
        }
    }

    /// <summary>The root over a row of fewer than 256 hashes with <paramref name="right"/> behind it: its perfect runs, the smallest first.</summary>
    private static TreeHash? Fold(ReadOnlySpan<byte> row, TreeHash? right)
    {
        var end = row.Length / TreeHash.Size;
        for (var run = 1; run < TileId.FullWidth; run <<= 1)
        {
            if ((end & run) != 0)
            {
                var left = TreeHash.OfRow(row.Slice((end - run) * TreeHash.Size, run * TreeHash.Size));
                right = right is { } known ? TreeHash.OfNode(left, known) : left;
                end -= run;
            }
        }

        return right;
    }
}
