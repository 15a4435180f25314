using System.Security.Cryptography;
using Gating.Log.Merkle;

namespace Gating.Tests.Log.Merkle;

/// <summary>The tree straight from RFC 6962 section 2.1, on arrays, with nothing of ours but the type of a hash.</summary>
internal static class ReferenceTree
{
    /// <summary>Leaf <paramref name="index"/>: eight bytes, big-endian, as the corpus's large trees have them.</summary>
    public static byte[] Leaf(long index)
    {
        var bytes = BitConverter.GetBytes(index);
        Array.Reverse(bytes);
        return bytes;
    }

    public static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(static i => Leaf(i))];

    public static TreeHash[] Hashes(int count) => [.. Leaves(count).Select(static leaf => TreeHash.OfLeaf(leaf))];

    public static TreeHash Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length < 2)
        {
            return TreeHash.FromBytes(SHA256.HashData(leaves.Length == 0 ? [] : [0, .. leaves[0]]));
        }

        var k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return TreeHash.FromBytes(SHA256.HashData([1, .. Root(leaves[..k]).Value.ToBytes(), .. Root(leaves[k..]).Value.ToBytes()]));
    }

    /// <summary>PATH(m, D[n]) of section 2.1.1.</summary>
    public static TreeHash[] Path(int m, ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var k = Split(leaves.Length);
        return m < k ? [.. Path(m, leaves[..k]), Root(leaves[k..])] : [.. Path(m - k, leaves[k..]), Root(leaves[..k])];
    }

    /// <summary>SUBPROOF(m, D[n], b) of section 2.1.2.</summary>
    public static TreeHash[] SubProof(int m, ReadOnlySpan<byte[]> leaves, bool whole)
    {
        if (m == leaves.Length)
        {
            return whole ? [] : [Root(leaves)];
        }

        var k = Split(leaves.Length);
        return m <= k ? [.. SubProof(m, leaves[..k], whole), Root(leaves[k..])] : [.. SubProof(m - k, leaves[k..], whole: false), Root(leaves[..k])];
    }

    private static int Split(int size)
    {
        var k = 1;
        while (k * 2 < size)
        {
            k *= 2;
        }

        return k;
    }
}
