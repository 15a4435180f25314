using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>
/// Personal data of an entry: AES-256-GCM under the stream's sealing key, <c>version(1)=1 ‖ nonce(12) ‖ ciphertext ‖ tag(16)</c>. The associated data
/// (stream, seq, kind) ties the bytes to their place: moved to another entry they do not open.
/// </summary>
public static class SealedPart
{
    public const byte Version = 1;

    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int PlaceSize = StreamId.Size + 8 + 2;

    /// <summary>Seals under a fresh random nonce: sealing the same bytes again (a decision taken again) never uses a nonce twice.</summary>
    public static byte[] Seal(AesGcm key, StreamId stream, long seq, EntryKind kind, ReadOnlySpan<byte> plain)
    {
        var bytes = new byte[1 + NonceSize + plain.Length + TagSize];
        bytes[0] = Version;
        var nonce = bytes.AsSpan(1, NonceSize);
        RandomBytes.Fill(nonce);
        Span<byte> place = stackalloc byte[PlaceSize];
        WritePlace(place, stream, seq, kind);
        key.Encrypt(nonce, plain, bytes.AsSpan(1 + NonceSize, plain.Length), bytes.AsSpan(1 + NonceSize + plain.Length), place);
        return bytes;
    }

    /// <summary>Throws <see cref="CryptographicException"/> where the bytes are not those that were sealed for this place under this key.</summary>
    public static byte[] Open(AesGcm key, StreamId stream, long seq, EntryKind kind, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 1 + NonceSize + TagSize)
        {
            throw new CryptographicException("A sealed part ends early.");
        }

        if (sealedBytes[0] != Version)
        {
            throw new UnknownVersionException("sealed part", sealedBytes[0]);
        }

        Span<byte> place = stackalloc byte[PlaceSize];
        WritePlace(place, stream, seq, kind);
        var plain = new byte[sealedBytes.Length - 1 - NonceSize - TagSize];
        key.Decrypt(sealedBytes.Slice(1, NonceSize), sealedBytes.Slice(1 + NonceSize, plain.Length), sealedBytes[^TagSize..], plain, place);
        return plain;
    }

    /// <summary>A cipher over a stream's sealing key. Not safe for concurrent use.</summary>
    public static AesGcm Cipher(ReadOnlySpan<byte> key) => new(key, TagSize);

    private static void WritePlace(Span<byte> place, StreamId stream, long seq, EntryKind kind)
    {
        stream.Write(place);
        BinaryPrimitives.WriteInt64BigEndian(place[StreamId.Size..], seq);
        BinaryPrimitives.WriteUInt16BigEndian(place[(StreamId.Size + 8)..], checked((ushort)kind));
    }
}
