using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>
/// The canonical bytes of an entry, version first, all integers big-endian:
/// <c>version(1)=1 ‖ stream(16) ‖ seq(8) ‖ kind(2) ‖ unix-ms(8) ‖ operation(16) ‖ previous(32) ‖ sealed-digest(32) ‖ public-length(4) ‖ public</c>.
/// Vectors are committed beside the tests; a change of one byte is a new version.
/// </summary>
public static class EntryEncoding
{
    public const byte Version = 1;

    private const int FixedSize = 1 + StreamId.Size + 8 + 2 + 8 + OperationId.Size + EntryHash.Size + EntryHash.Size + 4;

    public static byte[] Encode(Entry entry)
    {
        var bytes = new byte[FixedSize + entry.Public.Length];
        Write(bytes, entry.Stream, entry.Seq, entry.Kind, entry.Time, entry.Operation, entry.Public.Span, entry.SealedDigest, entry.Previous);
        return bytes;
    }

    internal static EntryHash Hash(
        StreamId stream, long seq, EntryKind kind, DateTimeOffset time, OperationId operation, ReadOnlySpan<byte> publicPart, EntryHash sealedDigest, EntryHash previous)
    {
        var size = FixedSize + publicPart.Length;
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var bytes = rented.AsSpan(0, size);
        Write(bytes, stream, seq, kind, time, operation, publicPart, sealedDigest, previous);
        Span<byte> digest = stackalloc byte[EntryHash.Size];
        SHA256.HashData(bytes, digest);
        ArrayPool<byte>.Shared.Return(rented);
        return EntryHash.FromBytes(digest);
    }

    private static void Write(
        Span<byte> bytes, StreamId stream, long seq, EntryKind kind, DateTimeOffset time, OperationId operation, ReadOnlySpan<byte> publicPart, EntryHash sealedDigest, EntryHash previous)
    {
        bytes[0] = Version;
        stream.Write(bytes[1..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], seq);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[25..], checked((ushort)kind));
        BinaryPrimitives.WriteInt64BigEndian(bytes[27..], time.ToUnixTimeMilliseconds());
        operation.Write(bytes[35..]);
        previous.Write(bytes[51..]);
        sealedDigest.Write(bytes[83..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes[115..], publicPart.Length);
        publicPart.CopyTo(bytes[FixedSize..]);
    }
}
