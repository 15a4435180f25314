using System.Buffers;
using System.Buffers.Text;

namespace Gating.Identity.Jose;

/// <summary>
/// base64url as RFC 7515 section 2 writes it and nothing else: no padding, no white space, and no second spelling of the same bytes
/// (the bits that the last character has to spare must be zero).
/// </summary>
public static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>How many bytes <paramref name="characters"/> characters stand for, at most.</summary>
    public static int MaxDecodedLength(int characters) => (int)(characters * 3L / 4);

    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        return !text.ContainsAnyExcept(Alphabet)
            && IsCanonical(text)
            && Base64Url.TryDecodeFromChars(text, destination, out written);
    }

    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[MaxDecodedLength(text.Length)];
        return TryDecode(text, bytes, out var written) && written == bytes.Length ? bytes : null;
    }

    private static bool IsCanonical(ReadOnlySpan<char> text) => (text.Length % 4) switch
    {
        0 => true,
        2 => (ValueOf(text[^1]) & 0b1111) == 0,
        3 => (ValueOf(text[^1]) & 0b11) == 0,
        _ => false,
    };

    private static int ValueOf(char character) => character switch
    {
        >= 'A' and <= 'Z' => character - 'A',
        >= 'a' and <= 'z' => character - 'a' + 26,
        >= '0' and <= '9' => character - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
