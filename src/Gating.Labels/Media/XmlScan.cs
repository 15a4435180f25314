namespace Gating.Labels.Media;

/// <summary>Where an element stands in the file.</summary>
/// <param name="ContentStart">Behind its start tag.</param>
/// <param name="ContentEnd">Before its end tag; that of an empty one is where its tag ends.</param>
internal readonly record struct XmlSpan(int Start, int ContentStart, int ContentEnd, int End);

/// <summary>
/// Finds elements' places by their number in the order of the document, which an XML parser does not tell in bytes. The document is well-formed, as the parser has found: so that no
/// <c>&lt;</c> is anything but the start of markup, and a <c>&gt;</c> in a tag stands in quotes or ends it.
/// </summary>
internal static class XmlScan
{
    public static XmlSpan Find(byte[] xml, int ordinal)
    {
        var open = new Stack<int>();
        var found = (Start: -1, ContentStart: -1);
        var count = 0;
        for (var at = NextMarkup(xml, 0); at < xml.Length; at = NextMarkup(xml, at))
        {
            var end = EndOf(xml, at);
            var next = xml[at + 1];
            if (next == (byte)'/')
            {
                if (open.TryPop(out var number) && number == ordinal)
                {
                    return new(found.Start, found.ContentStart, at, end);
                }
            }
            else if (next is not ((byte)'!' or (byte)'?'))
            {
                var isEmpty = xml[end - 2] == (byte)'/';
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

        throw MediaException.Malformed(xml.Length, "An element has no end.");
    }

    /// <summary>Behind an element's start tag, whatever becomes of the element.</summary>
    public static int StartOfContent(byte[] xml, int ordinal)
    {
        var count = 0;
        for (var at = NextMarkup(xml, 0); at < xml.Length; at = NextMarkup(xml, EndOf(xml, at)))
        {
            if (xml[at + 1] is not ((byte)'/' or (byte)'!' or (byte)'?') && count++ == ordinal)
            {
                return EndOf(xml, at);
            }
        }

        throw MediaException.Malformed(xml.Length, "An element is not there.");
    }

    private static int NextMarkup(byte[] xml, int from)
    {
        var at = xml.AsSpan(from).IndexOf((byte)'<');
        return at < 0 || from + at + 1 >= xml.Length ? xml.Length : from + at;
    }

    private static int EndOf(byte[] xml, int at)
    {
        var rest = xml.AsSpan(at);
        return rest.StartsWith("<!--"u8) ? After("-->"u8, 4)
            : rest.StartsWith("<![CDATA["u8) ? After("]]>"u8, 9)
            : rest.StartsWith("<?"u8) ? After("?>"u8, 2)
            : EndOfTag(xml, at);

        int After(ReadOnlySpan<byte> close, int skip)
        {
            var end = xml.AsSpan(at + skip).IndexOf(close);
            return end < 0 ? throw MediaException.Malformed(at, "Markup has no end.") : at + skip + end + close.Length;
        }
    }

    private static int EndOfTag(byte[] xml, int at)
    {
        var quote = (byte)0;
        for (var i = at + 1; i < xml.Length; i++)
        {
            if (quote != 0)
            {
                quote = xml[i] == quote ? (byte)0 : quote;
            }
            else if (xml[i] is (byte)'"' or (byte)'\'')
            {
                quote = xml[i];
            }
            else if (xml[i] == (byte)'>')
            {
                return i + 1;
            }
        }

        throw MediaException.Malformed(at, "A tag has no end.");
    }
}
