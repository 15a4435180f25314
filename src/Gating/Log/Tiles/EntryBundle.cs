using System.Buffers.Binary;
using Gating.Log.Merkle;

namespace Gating.Log.Tiles;

/// <summary>A tile of leaves (C2SP tlog-tiles, "Log entries"): each a big-endian 16-bit length and its bytes.</summary>
public static class EntryBundle
{
    private const int LengthSize = 2;

    /// <summary>Appends one leaf, at most 65,535 bytes.</summary>
    internal static void Append(List<byte> bundle, ReadOnlySpan<byte> leaf)
    {
        Span<byte> length = stackalloc byte[LengthSize];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)leaf.Length));
        bundle.AddRange(length);
        bundle.AddRange(leaf);
    }

    /// <summary>The leaves, in order; null where the bytes are not whole leaves, or not as many as <paramref name="width"/>.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Read(ReadOnlyMemory<byte> bundle, int width)
    {
        var leaves = new List<ReadOnlyMemory<byte>>(width);
        while (!bundle.IsEmpty)
        {
            if (leaves.Count == width || bundle.Length < LengthSize || BinaryPrimitives.ReadUInt16BigEndian(bundle.Span) is var length && bundle.Length < LengthSize + length)
            {
                return null;
            }

            leaves.Add(bundle.Slice(LengthSize, length));
            bundle = bundle[(LengthSize + length)..];
        }

        return leaves.Count == width ? leaves : null;
    }

    /// <summary>True where the leaves are those whose hashes the tile of level 0 beside it has.</summary>
    public static bool Matches(ReadOnlyMemory<byte> bundle, ReadOnlySpan<byte> tile)
    {
        if (Read(bundle, tile.Length / TreeHash.Size) is not { } leaves)
        {
            return false;
        }

        for (var i = 0; i < leaves.Count; i++)
        {
            if (TreeHash.OfLeaf(leaves[i].Span) != TreeHash.FromBytes(tile.Slice(i * TreeHash.Size, TreeHash.Size)))
            {
                return false;
            }
        }

        return true;
    }
}
