using System.Collections.Immutable;
using System.Numerics;

namespace Gating.Log.Merkle;

/// <summary>
/// The right edge of a tree: the roots of its perfect subtrees, the largest first, at most 63. All that is needed to append and to know the root. A value: appending returns another edge.
/// </summary>
public sealed class TreeEdge
{
    private readonly ImmutableArray<TreeHash> _nodes;

    private TreeEdge(long size, ImmutableArray<TreeHash> nodes)
    {
        (Size, _nodes) = (size, nodes);
        Root = RootOf(nodes);
    }

    /// <summary>The edge of a tree without leaves.</summary>
    public static TreeEdge Empty { get; } = new(0, []);

    /// <summary>Leaves.</summary>
    public long Size { get; }

    public ImmutableArray<TreeHash> Nodes => _nodes;

    public TreeHash Root { get; }

    /// <summary>An edge as it was stored; null where the nodes are not as many as a tree of that size has.</summary>
    public static TreeEdge? From(long size, ImmutableArray<TreeHash> nodes) => size >= 0 && BitOperations.PopCount((ulong)size) == nodes.Length ? new(size, nodes) : null;

    /// <summary>The edge after these leaf hashes.</summary>
    public TreeEdge Append(ReadOnlySpan<TreeHash> leaves)
    {
        Span<TreeHash> stack = stackalloc TreeHash[64];
        _nodes.CopyTo(stack);
        var (count, size) = (_nodes.Length, Size);
        foreach (var leaf in leaves)
        {
            var node = leaf;
            for (var rest = size; (rest & 1) == 1; rest >>= 1)
            {
                node = TreeHash.OfNode(stack[--count], node);
            }

            stack[count++] = node;
            size = checked(size + 1);
        }

        return new(size, [.. stack[..count]]);
    }

    private static TreeHash RootOf(ImmutableArray<TreeHash> nodes)
    {
        if (nodes.IsEmpty)
        {
            return TreeHash.Empty;
        }

        var root = nodes[^1];
        for (var i = nodes.Length - 2; i >= 0; i--)
        {
            root = TreeHash.OfNode(nodes[i], root);
        }

        return root;
    }
}
