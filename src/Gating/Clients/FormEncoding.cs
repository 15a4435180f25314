using System.Text.Unicode;

namespace Gating.Clients;

/// <summary><c>application/x-www-form-urlencoded</c> text, decoded strictly: in a body, and in the halves of a Basic header (RFC 6749 section 2.3.1).</summary>
public static class FormEncoding
{
    /// <summary>False where an escape is not two hex digits, or what comes out is not UTF-8.</summary>
    /// <param name="encoded">One name or value.</param>
    /// <param name="decoded">At least as long; it may be the same memory, since what is written never overtakes what is read.</param>
    /// <param name="length">Bytes of <paramref name="decoded"/> that are the text.</param>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> decoded, out int length)
    {
        var escaped = encoded.IndexOfAny((byte)'%', (byte)'+');
        length = escaped < 0 ? encoded.Length : escaped;
        encoded[..length].CopyTo(decoded);
        for (var i = length; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit((char)encoded[i + 1]) || !char.IsAsciiHexDigit((char)encoded[i + 2]))
                {
                    return false;
                }

                c = (byte)((Nibble(encoded[i + 1]) << 4) | Nibble(encoded[i + 2]));
                i += 2;
            }
            else if (c == '+')
            {
                c = (byte)' ';
            }

            decoded[length++] = c;
        }

        return Utf8.IsValid(decoded[..length]);
    }

    private static int Nibble(byte hex) => (hex & 0xF) + (hex > '9' ? 9 : 0);
}
