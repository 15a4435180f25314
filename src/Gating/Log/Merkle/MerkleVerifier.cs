namespace Gating.Log.Merkle;

/// <summary>
/// Checks proofs of RFC 6962 section 2.1 as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say, for whole trees and for subtrees. Total: whatever the numbers and hashes are, the answer is yes or no.
/// </summary>
public static class MerkleVerifier
{
    /// <summary>True where <paramref name="leaf"/> is the hash at <paramref name="index"/> of the tree of <paramref name="size"/> with that root.</summary>
    public static bool IsIncluded(TreeHash leaf, long index, long size, TreeHash root, ReadOnlySpan<TreeHash> proof)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = TreeHash.OfNode(sibling, hash);
                for (; (node & 1) == 0 && node != 0; node >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                hash = TreeHash.OfNode(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>The same for a subtree: <paramref name="index"/> counts from the tree's first leaf.</summary>
    public static bool IsIncluded(TreeHash leaf, long index, Subtree subtree, TreeHash root, ReadOnlySpan<TreeHash> proof) =>
        subtree.IsValid && index >= subtree.Start && IsIncluded(leaf, index - subtree.Start, subtree.Size, root, proof);

    /// <summary>True where the tree of <paramref name="size"/> begins with the one of <paramref name="earlier"/> leaves. Nothing can be proved of an empty tree, except that it equals itself.</summary>
    public static bool IsConsistent(long earlier, TreeHash earlierRoot, long size, TreeHash root, ReadOnlySpan<TreeHash> proof) =>
        earlier == 0
            ? size == 0 && earlierRoot == TreeHash.Empty && root == TreeHash.Empty && proof.IsEmpty
            : IsConsistent(Subtree.Whole(earlier), earlierRoot, size, root, proof);

    /// <summary>True where the tree of <paramref name="size"/> has that subtree in it. Of no leaves at all it is true whatever the tree.</summary>
    public static bool IsConsistent(Subtree subtree, TreeHash subtreeRoot, long size, TreeHash root, ReadOnlySpan<TreeHash> proof)
    {
        if (!subtree.IsValid || subtree.End > size)
        {
            return false;
        }

        if (subtree.Size == 0)
        {
            return subtreeRoot == TreeHash.Empty && proof.IsEmpty;
        }

        var (first, last, end) = (subtree.Start, subtree.End - 1, size - 1);

        // Up to the largest node that both trees have whole: at the end of both trees that is the subtree itself.
        while (first != last && (last == end || (last & 1) == 1))
        {
            (first, last, end) = (first >> 1, last >> 1, end >> 1);
        }

        var (earlierHash, hash) = (subtreeRoot, subtreeRoot);
        if (first != last)
        {
            if (proof.IsEmpty)
            {
                return false;
            }

            (earlierHash, hash) = (proof[0], proof[0]);
            proof = proof[1..];
        }

        foreach (var node in proof)
        {
            if (end == 0)
            {
                return false;
            }

            if ((last & 1) == 1 || last == end)
            {
                earlierHash = first < last ? TreeHash.OfNode(node, earlierHash) : earlierHash;
                hash = TreeHash.OfNode(node, hash);
                for (; (last & 1) == 0 && last != 0; last >>= 1)
                {
                    (first, end) = (first >> 1, end >> 1);
                }
            }
            else
            {
                hash = TreeHash.OfNode(hash, node);
            }

            (first, last, end) = (first >> 1, last >> 1, end >> 1);
        }

        return end == 0 && earlierHash == subtreeRoot && hash == root;
    }
}
