using Gating.Ledger;

namespace Gating.Log;

/// <summary>
/// What the owner of one entry is given beside a proof, in the <c>extra</c> line of a receipt, version 1: <c>version(1)=1 ‖ tag(32) ‖ opening(32) ‖ entry hash(32)</c>. From it follow the leaf's bytes,
/// <c>tag ‖ HMAC-SHA-256(opening, "gating/log/commitment/v1" ‖ entry hash)</c>, so that nothing of ours is needed to check them. It opens this leaf and no other. The entry's own bytes are not among
/// them: they name the stream and the entry before it, by which two apps could find out that they serve one person. Whoever may read the entry, later, hashes it and finds this hash, or another.
/// </summary>
public readonly record struct LeafOpening(EntryHash Tag, EntryHash Opening, EntryHash Entry)
{
    public const byte Version = 1;

    public const int Size = 1 + (3 * EntryHash.Size);

    public LogLeaf Leaf => new(Tag, LeafKey.Commitment(Opening, Entry));

    public static LeafOpening Of(LeafKey key, long seq, EntryHash entry) => new(key.Tag(seq), key.Opening(seq), entry);

    /// <summary>Null for anything but what <see cref="ToBytes"/> writes.</summary>
    public static LeafOpening? Parse(ReadOnlySpan<byte> bytes) => bytes.Length == Size && bytes[0] == Version
        ? new(EntryHash.FromBytes(bytes.Slice(1, EntryHash.Size)), EntryHash.FromBytes(bytes.Slice(1 + EntryHash.Size, EntryHash.Size)), EntryHash.FromBytes(bytes[(1 + (2 * EntryHash.Size))..]))
        : null;

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        bytes[0] = Version;
        Tag.Write(bytes.AsSpan(1));
        Opening.Write(bytes.AsSpan(1 + EntryHash.Size));
        Entry.Write(bytes.AsSpan(1 + (2 * EntryHash.Size)));
        return bytes;
    }
}
