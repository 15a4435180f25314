using System.Globalization;
using System.Text;

namespace Gating.Labels.Pdf;

/// <summary>Strings (ISO 32000-2, 7.3.4) and the text in them (7.9.2.2).</summary>
internal static class PdfString
{
    /// <summary>PDFDocEncoding from 0x80 on, where it is not Latin-1 (Annex D.2); what it leaves undefined is U+FFFD.</summary>
    private const string Upper = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\uFFFD€";

    private const string Accents = "˘ˇˆ˙˝˛˚˜";

    /// <summary>What the string says, in its three encodings.</summary>
    public static string Text(PdfValue value)
    {
        var bytes = Bytes(value.Text.Span);
        return bytes switch
        {
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2),
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3),
            _ => string.Create(bytes.Length, bytes, static (text, bytes) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = bytes[i] switch
                    {
                        >= 0x18 and <= 0x1F => Accents[bytes[i] - 0x18],
                        >= 0x80 and <= 0xA0 => Upper[bytes[i] - 0x80],
                        var other => (char)other,
                    };
                }
            }),
        };
    }

    /// <summary>As a literal string.</summary>
    /// <param name="ascii">The label's JSON, which is ASCII: the same in PDFDocEncoding.</param>
    public static byte[] Literal(string ascii) =>
        Encoding.ASCII.GetBytes($"({ascii.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal)})");

    private static byte[] Bytes(ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>(text.Length);
        if (text is [(byte)'(', ..])
        {
            for (var at = 1; at < text.Length - 1;)
            {
                Literal(text[..^1], ref at, bytes);
            }

            return [.. bytes];
        }

        var digits = Encoding.ASCII.GetString(text).Where(char.IsAsciiHexDigit).ToArray();
        for (var i = 0; i < digits.Length; i += 2)
        {
            // A missing last digit is 0.
            bytes.Add(byte.Parse([digits[i], i + 1 < digits.Length ? digits[i + 1] : '0'], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        return [.. bytes];
    }

    private static void Literal(ReadOnlySpan<byte> text, ref int at, List<byte> bytes)
    {
        var value = text[at++];
        if (value == '\r')
        {
            at += at < text.Length && text[at] == '\n' ? 1 : 0;
            bytes.Add((byte)'\n');
        }
        else if (value == '\\' && at < text.Length)
        {
            Escape(text, ref at, bytes);
        }
        else
        {
            bytes.Add(value);
        }
    }

    private static void Escape(ReadOnlySpan<byte> text, ref int at, List<byte> bytes)
    {
        var value = text[at++];
        if (value is >= (byte)'0' and <= (byte)'7')
        {
            var octal = value - '0';
            for (var i = 0; i < 2 && at < text.Length && text[at] is >= (byte)'0' and <= (byte)'7'; i++)
            {
                octal = (8 * octal) + (text[at++] - '0');
            }

            bytes.Add((byte)octal);
            return;
        }

        // An escaped line end is none.
        if (value is (byte)'\r' or (byte)'\n')
        {
            at += value == '\r' && at < text.Length && text[at] == '\n' ? 1 : 0;
            return;
        }

        bytes.Add(value switch { (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, (byte)'b' => 8, (byte)'f' => 12, _ => value });
    }
}
