using System.Buffers.Binary;
using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Log.Merkle;

namespace Gating.Log.Sealing;

/// <summary>
/// The state of the log after a seal, version 1:
/// <c>version(1)=1 ‖ base-size(8) ‖ base-root(32) ‖ staging(32) ‖ sealed-at unix-ms(8) ‖ size(8) ‖ nodes(32 each)</c>, integers big-endian. Whoever has it and the staging blob
/// can make everything that follows from the seal, again and the same.
/// </summary>
/// <param name="Edge">The tree's right edge, and with it its size and root.</param>
/// <param name="BaseSize">The tree's size before this seal.</param>
/// <param name="Staging">Names the leaves that this seal added, in their order.</param>
public sealed record LogState(TreeEdge Edge, long BaseSize, TreeHash BaseRoot, EntryHash Staging, DateTimeOffset SealedAt)
{
    public const byte Version = 1;

    private const int FixedSize = 1 + 8 + TreeHash.Size + EntryHash.Size + 8 + 8;

    public long Size => Edge.Size;

    public TreeHash Root => Edge.Root;

    /// <summary>Throws <see cref="UnknownVersionException"/> or <see cref="FormatException"/>.</summary>
    public static LogState Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedSize || (bytes.Length - FixedSize) % TreeHash.Size != 0)
        {
            throw new FormatException($"A log state of {bytes.Length} bytes.");
        }

        if (bytes[0] != Version)
        {
            throw new UnknownVersionException("log state", bytes[0]);
        }

        var nodes = ImmutableArray.CreateBuilder<TreeHash>();
        for (var rest = bytes[FixedSize..]; !rest.IsEmpty; rest = rest[TreeHash.Size..])
        {
            nodes.Add(TreeHash.FromBytes(rest[..TreeHash.Size]));
        }

        var baseSize = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        var time = BinaryPrimitives.ReadInt64BigEndian(bytes[73..]);
        return TreeEdge.From(BinaryPrimitives.ReadInt64BigEndian(bytes[81..]), nodes.ToImmutable()) is { } edge && baseSize >= 0 && baseSize < edge.Size && time is >= 0 and <= 253_402_300_799_999
            ? new(edge, baseSize, TreeHash.FromBytes(bytes.Slice(9, TreeHash.Size)), EntryHash.FromBytes(bytes.Slice(41, EntryHash.Size)), DateTimeOffset.FromUnixTimeMilliseconds(time))
            : throw new FormatException("A log state with numbers that no log has.");
    }

    public byte[] Encode()
    {
        var bytes = new byte[FixedSize + (Edge.Nodes.Length * TreeHash.Size)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), BaseSize);
        BaseRoot.Write(bytes.AsSpan(9));
        Staging.Write(bytes.AsSpan(41));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(73), SealedAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(81), Size);
        for (var i = 0; i < Edge.Nodes.Length; i++)
        {
            Edge.Nodes[i].Write(bytes.AsSpan(FixedSize + (i * TreeHash.Size)));
        }

        return bytes;
    }
}
