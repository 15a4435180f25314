namespace Gating.Labels.Pdf;

/// <summary>Where values begin and end in PDF's syntax (ISO 32000-2, 7.2 and 7.3). Nothing is built: a value is a part of the text.</summary>
internal static class PdfLexer
{
    /// <summary>What ends before its end, is no value, or nests too deeply.</summary>
    public const int None = -1;

    private const int MaxDepth = 64;

    public static bool IsSpace(byte value) => value is 0 or 9 or 10 or 12 or 13 or 32;

    public static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    /// <summary>Past white space and comments.</summary>
    public static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && (IsSpace(text[at]) || text[at] == '%'))
        {
            if (text[at] != '%')
            {
                at++;
                continue;
            }

            var end = text[at..].IndexOfAny((byte)'\r', (byte)'\n');
            at = end < 0 ? text.Length : at + end;
        }

        return at;
    }

    /// <summary>Where the value that begins at <paramref name="at"/> ends; <see cref="None"/> where it does not. A reference (<c>1 0 R</c>) is one value.</summary>
    public static int End(ReadOnlySpan<byte> text, int at, int depth = 0)
    {
        if (at >= text.Length || depth > MaxDepth)
        {
            return None;
        }

        return text[at] switch
        {
            (byte)'(' => EndOfLiteral(text, at),
            (byte)'<' when at + 1 < text.Length && text[at + 1] == '<' => EndOfGroup(text, at + 2, ">>"u8, depth),
            (byte)'<' => text[at..].IndexOf((byte)'>') is > 0 and var end ? at + end + 1 : None,
            (byte)'[' => EndOfGroup(text, at + 1, "]"u8, depth),
            (byte)'/' => EndOfWord(text, at + 1),
            _ => EndOfReference(text, at) is var end && end != None ? end : EndOfWord(text, at) is var word && word > at ? word : None,
        };
    }

    /// <summary>A whole number without a sign; <paramref name="end"/> is <see cref="None"/> where there is none.</summary>
    public static long Number(ReadOnlySpan<byte> text, int at, out int end)
    {
        var value = 0L;
        end = at;
        while (end < text.Length && IsDigit(text[end]) && end - at < 18)
        {
            value = (10 * value) + (text[end++] - '0');
        }

        end = end == at || (end < text.Length && IsDigit(text[end])) ? None : end;
        return value;
    }

    public static int EndOfWord(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && !IsSpace(text[at]) && !IsDelimiter(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsDelimiter(byte value) => value is (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)'/' or (byte)'%';

    private static int EndOfLiteral(ReadOnlySpan<byte> text, int at)
    {
        var open = 0;
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case (byte)'\\':
                    at++;
                    break;
                case (byte)'(':
                    open++;
                    break;
                case (byte)')' when --open == 0:
                    return at + 1;
            }
        }

        return None;
    }

    private static int EndOfGroup(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> close, int depth)
    {
        for (at = SkipSpace(text, at); at < text.Length; at = SkipSpace(text, at))
        {
            if (text[at..].StartsWith(close))
            {
                return at + close.Length;
            }

            at = End(text, at, depth + 1);
            if (at == None)
            {
                return None;
            }
        }

        return None;
    }

    // Only white space within: a comment there is nobody's habit.
    private static int EndOfReference(ReadOnlySpan<byte> text, int at)
    {
        for (var i = 0; i < 2; i++)
        {
            Number(text, at, out var end);
            at = end;
            while (at != None && at < text.Length && IsSpace(text[at]))
            {
                at++;
            }

            if (at == None || at == end)
            {
                return None;
            }
        }

        return at < text.Length && text[at] == 'R' && EndOfWord(text, at) == at + 1 ? at + 1 : None;
    }
}
