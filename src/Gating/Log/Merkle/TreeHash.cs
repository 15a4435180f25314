using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using Gating.Ledger;

namespace Gating.Log.Merkle;

/// <summary>
/// A hash of the log's tree (RFC 6962 section 2.1): SHA-256 over <c>0x00 ‖ leaf</c> or over <c>0x01 ‖ left ‖ right</c>, so that no leaf can be passed off as a node.
/// </summary>
public readonly record struct TreeHash(EntryHash Value)
{
    public const int Size = EntryHash.Size;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;
    private const int SmallLeaf = 255;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static TreeHash Empty { get; } = FromBytes(SHA256.HashData([]));

    public static TreeHash FromBytes(ReadOnlySpan<byte> bytes) => new(EntryHash.FromBytes(bytes));

    public static TreeHash OfLeaf(ReadOnlySpan<byte> leaf)
    {
        var size = 1 + leaf.Length;
        var rented = leaf.Length > SmallLeaf ? ArrayPool<byte>.Shared.Rent(size) : null;
        var bytes = rented is null ? stackalloc byte[1 + SmallLeaf] : rented;
        bytes[0] = LeafPrefix;
        leaf.CopyTo(bytes[1..]);
        var hash = Digest(bytes[..size]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    public static TreeHash OfNode(TreeHash left, TreeHash right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Size)];
        bytes[0] = NodePrefix;
        left.Write(bytes[1..]);
        right.Write(bytes[(1 + Size)..]);
        return Digest(bytes);
    }

    /// <summary>The root over concatenated hashes of consecutive nodes of one height: of leaves, or of the hashes of a tile. Allocates nothing; recurses once for each level.</summary>
    public static TreeHash OfRow(ReadOnlySpan<byte> hashes)
    {
        var count = hashes.Length / Size;
        if (count * Size != hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} bytes are no whole number of hashes.", nameof(hashes));
        }

        if (count < 2)
        {
            return count == 0 ? Empty : FromBytes(hashes);
        }

        var left = Split(count);
        return OfNode(OfRow(hashes[..((int)left * Size)]), OfRow(hashes[((int)left * Size)..]));
    }

    public void Write(Span<byte> destination) => Value.Write(destination);

    public override string ToString() => Value.ToString();

    /// <summary>Leaves in the left subtree of a tree of <paramref name="size"/> (2 or more): the largest power of two below it.</summary>
    internal static long Split(long size) => 1L << BitOperations.Log2((ulong)size - 1);

    private static TreeHash Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA256.HashData(bytes, digest);
        return FromBytes(digest);
    }
}
