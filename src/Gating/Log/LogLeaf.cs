using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log.Merkle;

namespace Gating.Log;

/// <summary>
/// One leaf of the log, <c>tag(32) ‖ commitment(32)</c>: which entry of which stream it stands for, for those who may know, and 64 random bytes for everybody else (<see cref="LeafKey"/>).
/// </summary>
public readonly record struct LogLeaf(EntryHash Tag, EntryHash Commitment)
{
    public const int Size = 2 * EntryHash.Size;

    public TreeHash Hash
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return TreeHash.OfLeaf(bytes);
        }
    }

    public static LogLeaf FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size
            ? new(EntryHash.FromBytes(bytes[..EntryHash.Size]), EntryHash.FromBytes(bytes[EntryHash.Size..]))
            : throw new ArgumentException($"A leaf has {Size} bytes, not {bytes.Length}.", nameof(bytes));

    public void Write(Span<byte> destination)
    {
        Tag.Write(destination);
        Commitment.Write(destination[EntryHash.Size..]);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>True where this leaf commits to that entry: what the holder of one receipt checks, with the opening of that one leaf.</summary>
    public bool CommitsTo(EntryHash entry, EntryHash opening) =>
        CryptographicOperations.FixedTimeEquals(Commitment.ToBytes(), LeafKey.Commitment(opening, entry).ToBytes());
}
