using Gating.Labels.Media;

namespace Gating.Labels.Svg;

/// <summary>Where an element stands in the file.</summary>
/// <param name="ContentStart">Behind its start tag.</param>
/// <param name="ContentEnd">Before its end tag; that of an empty one is where its tag ends.</param>
internal readonly record struct SvgSpan(int Start, int ContentStart, int ContentEnd, int End);

/// <summary>
/// Finds elements' places by their number in the order of the document, which an XML parser does not tell in bytes. The document is well-formed, as the parser has found: so that no
/// <c>&lt;</c> is anything but the start of markup, and a <c>&gt;</c> in a tag stands in quotes or ends it.
/// </summary>
internal static class SvgScan
{
    public static SvgSpan Find(byte[] svg, int ordinal)
    {
        var open = new Stack<int>();
        var found = (Start: -1, ContentStart: -1);
        var count = 0;
        for (var at = NextMarkup(svg, 0); at < svg.Length; at = NextMarkup(svg, at))
        {
            var end = EndOf(svg, at);
            var next = svg[at + 1];
            if (next == (byte)'/')
            {
                if (open.TryPop(out var number) && number == ordinal)
                {
                    return new(found.Start, found.ContentStart, at, end);
                }
            }
            else if (next is not ((byte)'!' or (byte)'?'))
            {
                var isEmpty = svg[end - 2] == (byte)'/';
                if (count == ordinal)
                {
                    found = (at, end);
                    if (isEmpty)
                    {
                        return new(at, end, end, end);
                    }
                }

                if (!isEmpty)
                {
                    open.Push(count);
                }

                count++;
            }

            at = end;
        }

        throw MediaException.Malformed(svg.Length, "An element has no end.");
    }

    /// <summary>With the <c>xpacket</c> instructions around it, where they stand right there.</summary>
    public static SvgSpan WithWrapper(byte[] svg, SvgSpan packet)
    {
        var before = svg.AsSpan(0, packet.Start).TrimEnd(" \t\r\n"u8);
        var after = svg.AsSpan(packet.End);
        var close = after.Length - after.TrimStart(" \t\r\n"u8).Length;
        var start = before.LastIndexOf("<?xpacket begin"u8);
        return start >= 0 && before.EndsWith("?>"u8) && before[start..].IndexOf("?>"u8) == before.Length - start - 2
            && after[close..].StartsWith("<?xpacket end"u8) && after.IndexOf("?>"u8) is > 0 and var end
            ? packet with { Start = start, End = packet.End + end + 2 }
            : packet;
    }

    private static int NextMarkup(byte[] svg, int from)
    {
        var at = svg.AsSpan(from).IndexOf((byte)'<');
        return at < 0 || from + at + 1 >= svg.Length ? svg.Length : from + at;
    }

    private static int EndOf(byte[] svg, int at)
    {
        var rest = svg.AsSpan(at);
        return rest.StartsWith("<!--"u8) ? After("-->"u8, 4)
            : rest.StartsWith("<![CDATA["u8) ? After("]]>"u8, 9)
            : rest.StartsWith("<?"u8) ? After("?>"u8, 2)
            : EndOfTag(svg, at);

        int After(ReadOnlySpan<byte> close, int skip)
        {
            var end = svg.AsSpan(at + skip).IndexOf(close);
            return end < 0 ? throw MediaException.Malformed(at, "Markup has no end.") : at + skip + end + close.Length;
        }
    }

    private static int EndOfTag(byte[] svg, int at)
    {
        var quote = (byte)0;
        for (var i = at + 1; i < svg.Length; i++)
        {
            if (quote != 0)
            {
                quote = svg[i] == quote ? (byte)0 : quote;
            }
            else if (svg[i] is (byte)'"' or (byte)'\'')
            {
                quote = svg[i];
            }
            else if (svg[i] == (byte)'>')
            {
                return i + 1;
            }
        }

        throw MediaException.Malformed(at, "A tag has no end.");
    }
}
