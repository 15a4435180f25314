using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log.Merkle;

namespace Gating.Log.Sealing;

/// <summary>A leaf in the order in which it is sealed, with the entry that it stands for.</summary>
public readonly record struct StagedLeaf(StreamId Stream, long Seq, LogLeaf Leaf);

/// <summary>
/// The leaves of one seal, version 1: <c>version(1)=1 ‖ base-size(8) ‖ base-root(32) ‖ count(4) ‖ (stream(16) ‖ seq(8) ‖ tag(32) ‖ commitment(32)) each</c>, integers big-endian. Named by its
/// SHA-256 and never changed. Not public: it says which leaf is whose.
/// </summary>
public sealed record Staging(long BaseSize, TreeHash BaseRoot, ImmutableArray<StagedLeaf> Leaves)
{
    public const byte Version = 1;

    private const int FixedSize = 1 + 8 + TreeHash.Size + 4;
    private const int LeafSize = StreamId.Size + 8 + LogLeaf.Size;

    public static EntryHash NameOf(ReadOnlySpan<byte> bytes) => EntryHash.FromBytes(SHA256.HashData(bytes));

    /// <summary>Throws <see cref="UnknownVersionException"/> or <see cref="FormatException"/>.</summary>
    public static Staging Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedSize)
        {
            throw new FormatException($"A staging blob of {bytes.Length} bytes.");
        }

        if (bytes[0] != Version)
        {
            throw new UnknownVersionException("staging blob", bytes[0]);
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[(FixedSize - 4)..]);
        if (count < 1 || bytes.Length != FixedSize + ((long)count * LeafSize))
        {
            throw new FormatException($"A staging blob of {bytes.Length} bytes for {count} leaves.");
        }

        var leaves = ImmutableArray.CreateBuilder<StagedLeaf>(count);
        for (var rest = bytes[FixedSize..]; !rest.IsEmpty; rest = rest[LeafSize..])
        {
            leaves.Add(new(StreamId.FromBytes(rest[..StreamId.Size]), BinaryPrimitives.ReadInt64BigEndian(rest[StreamId.Size..]), LogLeaf.FromBytes(rest.Slice(StreamId.Size + 8, LogLeaf.Size))));
        }

        return new(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), TreeHash.FromBytes(bytes.Slice(9, TreeHash.Size)), leaves.MoveToImmutable());
    }

    public byte[] Encode()
    {
        var bytes = new byte[FixedSize + (Leaves.Length * LeafSize)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), BaseSize);
        BaseRoot.Write(bytes.AsSpan(9));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(FixedSize - 4), Leaves.Length);
        for (var i = 0; i < Leaves.Length; i++)
        {
            var at = bytes.AsSpan(FixedSize + (i * LeafSize));
            Leaves[i].Stream.Write(at);
            BinaryPrimitives.WriteInt64BigEndian(at[StreamId.Size..], Leaves[i].Seq);
            Leaves[i].Leaf.Write(at[(StreamId.Size + 8)..]);
        }

        return bytes;
    }
}
