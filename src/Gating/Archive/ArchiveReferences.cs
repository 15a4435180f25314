using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Gating.Generations;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>Which output of which generation a file is.</summary>
/// <param name="GenerationSeq">Of the entry that began it.</param>
/// <param name="Number">From 1.</param>
public readonly record struct OutputReference(StreamId Person, long GenerationSeq, int Number);

/// <summary>
/// What a kept file carries so that it leads to its record without an index: <c>version(1)=1 ‖ nonce(12) ‖ ciphertext(26) ‖ tag(16)</c>, base64url, of <c>stream(16) ‖ seq(8) ‖ number(2)</c>,
/// big-endian, AES-256-GCM under a key of its own. It gives nothing away (two files of one person have nothing in common) and opens for its own ContentId alone: moved to another file it is none.
/// Deterministic (the nonce is a MAC of what is inside and of the ContentId): a file that is kept again is the same file.
/// </summary>
public sealed class ArchiveReferences(OperatorKey key)
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int PlainSize = StreamId.Size + 8 + 2;
    private const int Size = 1 + NonceSize + PlainSize + TagSize;

    private readonly MacKey _mac = new(key.Derive([], "gating/archive-reference/mac/v1"u8));
    private readonly byte[] _cipher = key.Derive([], "gating/archive-reference/aead/v1"u8);

    public string Seal(ContentId content, OutputReference reference)
    {
        Span<byte> place = stackalloc byte[ContentId.Length + PlainSize];
        var plain = place[ContentId.Length..];
        WriteName(place, content);
        reference.Person.Write(plain);
        BinaryPrimitives.WriteInt64BigEndian(plain[StreamId.Size..], reference.GenerationSeq);
        BinaryPrimitives.WriteUInt16BigEndian(plain[(StreamId.Size + 8)..], checked((ushort)reference.Number));
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _mac.Compute(code, place);
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        code[..NonceSize].CopyTo(bytes[1..]);
        using var aes = new AesGcm(_cipher, TagSize);
        aes.Encrypt(bytes.Slice(1, NonceSize), plain, bytes.Slice(1 + NonceSize, PlainSize), bytes[^TagSize..], place[..ContentId.Length]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Opens what <see cref="Seal"/> gave this ContentId; false for anything else.</summary>
    public bool TryOpen(ContentId content, string? sealedReference, out OutputReference reference)
    {
        reference = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (sealedReference is null || sealedReference.Length != Base64Url.GetEncodedLength(Size)
            || Base64Url.DecodeFromChars(sealedReference, bytes, out _, out var written) is not OperationStatus.Done || written != Size || bytes[0] != Version)
        {
            return false;
        }

        Span<byte> name = stackalloc byte[ContentId.Length];
        WriteName(name, content);
        Span<byte> plain = stackalloc byte[PlainSize];
        using var aes = new AesGcm(_cipher, TagSize);
        try
        {
            aes.Decrypt(bytes.Slice(1, NonceSize), bytes.Slice(1 + NonceSize, PlainSize), bytes[^TagSize..], plain, name);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        reference = new(
            StreamId.FromBytes(plain[..StreamId.Size]), BinaryPrimitives.ReadInt64BigEndian(plain[StreamId.Size..]), BinaryPrimitives.ReadUInt16BigEndian(plain[(StreamId.Size + 8)..]));
        return true;
    }

    private static void WriteName(Span<byte> destination, ContentId content) => System.Text.Encoding.ASCII.GetBytes(content.Text, destination);
}
