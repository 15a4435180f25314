using System.Collections.Immutable;
using Gating.Log.Merkle;

namespace Gating.Log.Tiles;

/// <summary>Makes proofs from tiles, and gives none that does not verify. Safe for concurrent use where <paramref name="read"/> is.</summary>
/// <param name="read">The bytes of a tile, or null where there is none; throws <see cref="StorageUnavailableException"/> when that is not known.</param>
public sealed class TileProofs(Func<TileId, CancellationToken, Task<ReadOnlyMemory<byte>?>> read)
{
    /// <summary>That <paramref name="leaf"/> is leaf <paramref name="index"/> of the tree. Throws <see cref="LogFrozenException"/> where the tiles do not prove it.</summary>
    public async Task<ImmutableArray<TreeHash>> InclusionAsync(TreeHash leaf, long index, long size, TreeHash root, CancellationToken cancellation)
    {
        var proof = await ReadAsync(ProofPlan.Inclusion(index, size), size, cancellation);
        return MerkleVerifier.IsIncluded(leaf, index, size, root, proof.AsSpan())
            ? proof
            : throw new LogFrozenException($"the tiles of a tree of {size} leaves do not prove leaf {index}");
    }

    /// <summary>That the tree begins with the earlier one of 1 or more leaves. Throws <see cref="LogFrozenException"/> where the tiles do not prove it.</summary>
    public async Task<ImmutableArray<TreeHash>> ConsistencyAsync(long earlier, TreeHash earlierRoot, long size, TreeHash root, CancellationToken cancellation)
    {
        var proof = await ReadAsync(ProofPlan.Consistency(earlier, size), size, cancellation);
        return MerkleVerifier.IsConsistent(earlier, earlierRoot, size, root, proof.AsSpan())
            ? proof
            : throw new LogFrozenException($"the tiles of a tree of {size} leaves do not prove that it begins with {earlier}");
    }

    /// <summary>The same for somebody who has the earlier root, and verifies: here only the tiles are looked at.</summary>
    public Task<ImmutableArray<TreeHash>> ConsistencyAsync(long earlier, long size, CancellationToken cancellation) => ReadAsync(ProofPlan.Consistency(earlier, size), size, cancellation);

    private async Task<ImmutableArray<TreeHash>> ReadAsync(IReadOnlyList<Subtree> plan, long size, CancellationToken cancellation)
    {
        var nodes = plan.Select(TreeNode.Of).ToArray();
        var wanted = nodes.SelectMany(static list => list).Select(node => TileId.Of(node, size)).Distinct().ToArray();
        var tiles = new Dictionary<TileId, ReadOnlyMemory<byte>>();
        foreach (var (id, bytes) in await Task.WhenAll(wanted.Select(async id => (id, await read(id, cancellation)))))
        {
            tiles.Add(id, bytes is { } found && found.Length == id.Width * TreeHash.Size ? found : throw new LogFrozenException($"{id.Path} is missing or not whole"));
        }

        return [.. nodes.Select(list => list.Reverse().Select(node => HashOf(node, tiles[TileId.Of(node, size)].Span)).Aggregate(static (right, left) => TreeHash.OfNode(left, right)))];
    }

    private static TreeHash HashOf(TreeNode node, ReadOnlySpan<byte> tile)
    {
        var count = 1 << (node.Level % TileId.Height);
        var start = (int)((node.Index * count) % TileId.FullWidth);
        return TreeHash.OfRow(tile.Slice(start * TreeHash.Size, count * TreeHash.Size));
    }
}
