using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gating.Access;
using Gating.Identity.Jose;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Tracing;

/// <summary>
/// Where a page ended, as a regulator carries it: authenticated encryption, good for the same question of the same regulator under the same mandate, and telling nothing of what stands where.
/// <c>nonce(12) ‖ ciphertext ‖ tag(16)</c>, base64url.
/// </summary>
public sealed class TracePositions(OperatorKey key)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int MaxSize = 256;

    private readonly byte[] _key = key.Derive([], "gating/trace-cursor/v1"u8);

    public string Seal(string position, Official regulator, long mandate, TraceFilter filter)
    {
        var plain = Encoding.ASCII.GetBytes(position);
        var bytes = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(bytes.AsSpan(0, NonceSize), plain, bytes.AsSpan(NonceSize, plain.Length), bytes.AsSpan(NonceSize + plain.Length), About(regulator, mandate, filter));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Opens what <see cref="Seal"/> made for the same question; null for anything else.</summary>
    public string? Open(string cursor, Official regulator, long mandate, TraceFilter filter)
    {
        var bytes = new byte[MaxSize];
        if (cursor.Length > Base64Url.GetEncodedLength(MaxSize) || !StrictBase64Url.TryDecode(cursor, bytes, out var size) || size < NonceSize + TagSize)
        {
            return null;
        }

        var plain = new byte[size - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        try
        {
            aes.Decrypt(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize, plain.Length), bytes.AsSpan(NonceSize + plain.Length, TagSize), plain, About(regulator, mandate, filter));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Encoding.ASCII.GetString(plain);
    }

    internal static string OfSeq(long seq) => seq.ToString(CultureInfo.InvariantCulture);

    internal static long SeqOf(string? position) => position is null ? 0 : long.Parse(position, NumberStyles.None, CultureInfo.InvariantCulture);

    internal static string OfPlace(LeafPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.Stream}.{place.Seq}");

    internal static LeafPlace? PlaceOf(string? position) => position is not null && StreamId.TryParse(position[..(2 * StreamId.Size)], out var stream)
        ? new(stream, long.Parse(position.AsSpan((2 * StreamId.Size) + 1), NumberStyles.None, CultureInfo.InvariantCulture))
        : null;

    private static byte[] About(Official regulator, long mandate, TraceFilter filter) => JsonBytes.OfObject((regulator, mandate, filter), static (json, about) =>
    {
        about.regulator.Write(json, "regulator");
        json.WriteNumber("mandate"u8, about.mandate);
        json.WritePropertyName("question"u8);
        json.WriteRawValue(about.filter.ToBytes(), skipInputValidation: true);
    });
}
