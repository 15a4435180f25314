using System.Collections.Immutable;
using Gating.Log.Merkle;

namespace Gating.Log.Tiles;

/// <summary>Makes proofs from tiles, and gives none that does not verify. Safe for concurrent use where <paramref name="read"/> is.</summary>
/// <param name="read">The bytes of a tile, or null where there is none; throws <see cref="StorageUnavailableException"/> when that is not known.</param>
/// <param name="kept">
/// Tiles that are kept for later proofs, 16 KiB each and up to twice as many: for whoever makes many of one tree. What a tile's name stands for never changes, so none is ever too old; all are forgotten when a proof
/// fails, so that a tile that was put right is read again. 0: none.
/// </param>
public sealed class TileProofs(Func<TileId, CancellationToken, Task<ReadOnlyMemory<byte>?>> read, int kept = 0)
{
    private volatile AgingCache<TileId, TileNodes>? _kept = Kept(kept);

    /// <summary>That <paramref name="leaf"/> is leaf <paramref name="index"/> of the tree. Throws <see cref="LogFrozenException"/> where the tiles do not prove it.</summary>
    public async Task<ImmutableArray<TreeHash>> InclusionAsync(TreeHash leaf, long index, long size, TreeHash root, CancellationToken cancellation)
    {
        var proof = await ReadAsync(ProofPlan.Inclusion(index, size), size, cancellation);
        return MerkleVerifier.IsIncluded(leaf, index, size, root, proof.AsSpan()) ? proof : throw Fails($"the tiles of a tree of {size} leaves do not prove leaf {index}");
    }

    /// <summary>That the tree begins with the earlier one of 1 or more leaves. Throws <see cref="LogFrozenException"/> where the tiles do not prove it.</summary>
    public async Task<ImmutableArray<TreeHash>> ConsistencyAsync(long earlier, TreeHash earlierRoot, long size, TreeHash root, CancellationToken cancellation)
    {
        var proof = await ReadAsync(ProofPlan.Consistency(earlier, size), size, cancellation);
        return MerkleVerifier.IsConsistent(earlier, earlierRoot, size, root, proof.AsSpan()) ? proof : throw Fails($"the tiles of a tree of {size} leaves do not prove that it begins with {earlier}");
    }

    /// <summary>The same for somebody who has the earlier root, and verifies: here only the tiles are looked at.</summary>
    public Task<ImmutableArray<TreeHash>> ConsistencyAsync(long earlier, long size, CancellationToken cancellation) => ReadAsync(ProofPlan.Consistency(earlier, size), size, cancellation);

    private async Task<ImmutableArray<TreeHash>> ReadAsync(IReadOnlyList<Subtree> plan, long size, CancellationToken cancellation)
    {
        var nodes = plan.Select(TreeNode.Of).ToArray();
        var wanted = nodes.SelectMany(static list => list).Select(node => TileId.Of(node, size)).Distinct().ToArray();
        var tiles = new Dictionary<TileId, TileNodes>();
        foreach (var (id, tile) in await Task.WhenAll(wanted.Select(async id => (id, await TileAsync(id, cancellation)))))
        {
            tiles.Add(id, tile);
        }

        return [.. nodes.Select(list => list.Reverse().Select(node => tiles[TileId.Of(node, size)].HashOf(node)).Aggregate(static (right, left) => TreeHash.OfNode(left, right)))];
    }

    private static AgingCache<TileId, TileNodes>? Kept(int kept) => kept == 0 ? null : new(kept);

    private LogFrozenException Fails(string why)
    {
        _kept = Kept(kept);
        return new(why);
    }

    private async Task<TileNodes> TileAsync(TileId id, CancellationToken cancellation)
    {
        var tiles = _kept;
        if (tiles is not null && tiles.TryGet(id, out var known))
        {
            return known;
        }

        var tile = await read(id, cancellation) is { } bytes && bytes.Length == id.Width * TreeHash.Size ? new TileNodes(bytes.Span) : throw new LogFrozenException($"{id.Path} is missing or not whole");
        tiles?.Set(id, tile);
        return tile;
    }
}
