using System.Numerics;

namespace Gating.Log.Merkle;

/// <summary>The root over leaves <c>Index·2^Level</c> up to <c>(Index+1)·2^Level</c>: a perfect subtree, the same in every tree that is large enough.</summary>
public readonly record struct TreeNode(int Level, long Index)
{
    /// <summary>The perfect subtrees of a subtree, from the left: their hashes, folded from the right, are its own.</summary>
    public static IReadOnlyList<TreeNode> Of(Subtree subtree)
    {
        var nodes = new List<TreeNode>(1);
        for (var (start, left) = (subtree.Start, subtree.Size); left > 0;)
        {
            var level = BitOperations.Log2((ulong)left);
            nodes.Add(new(level, start >> level));
            (start, left) = (start + (1L << level), left - (1L << level));
        }

        return nodes;
    }
}

/// <summary>Which hashes a proof consists of, in its order (RFC 6962 sections 2.1.1 and 2.1.2): each the root of a subtree, whoever has the tree looks them up. At most 64.</summary>
public static class ProofPlan
{
    /// <summary>That leaf <paramref name="index"/> is in the tree of <paramref name="size"/>.</summary>
    public static IReadOnlyList<Subtree> Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var siblings = new List<Subtree>();
        var (start, end) = (0L, size);
        while (end - start > 1)
        {
            var middle = start + TreeHash.Split(end - start);
            siblings.Add(index < middle ? new(middle, end) : new(start, middle));
            (start, end) = index < middle ? (start, middle) : (middle, end);
        }

        siblings.Reverse();
        return siblings;
    }

    /// <summary>That the tree of <paramref name="size"/> begins with the one of <paramref name="earlier"/> leaves, 1 up to that size.</summary>
    public static IReadOnlyList<Subtree> Consistency(long earlier, long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(earlier, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(earlier, size);
        var nodes = new List<Subtree>();
        var (start, end) = (0L, size);
        while (end != earlier)
        {
            var middle = start + TreeHash.Split(end - start);
            nodes.Add(earlier <= middle ? new(middle, end) : new(start, middle));
            (start, end) = earlier <= middle ? (start, middle) : (middle, end);
        }

        // Where the earlier tree is itself a node of the later one, its root is what the verifier has already.
        if (start > 0)
        {
            nodes.Add(new(start, end));
        }

        nodes.Reverse();
        return nodes;
    }
}
