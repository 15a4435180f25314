using System.Text;
using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Svg;

/// <summary>
/// SVG (W3C SVG 2): the label is <c>TC260:AIGC</c> in a packet of XMP in a <c>metadata</c> element, the first child of the root where there is none (XMP part 3, 2.6). An RDF that is
/// there already gets it. UTF-8 alone; a document type is refused.
/// </summary>
internal sealed class SvgFormat : ILabelFormat
{
    public string Name => "SVG";

    public string MediaTypeOf(MediaSource source) => "image/svg+xml";

    /// <summary>By the name of its root, behind declarations, comments and a document type.</summary>
    public bool Recognizes(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start.StartsWith((byte[])[0xEF, 0xBB, 0xBF]) ? start[3..] : start).TrimStart();
        while (text.StartsWith("<?", StringComparison.Ordinal) || text.StartsWith("<!", StringComparison.Ordinal))
        {
            var close = text.StartsWith("<!--", StringComparison.Ordinal) ? "-->" : text.StartsWith("<?", StringComparison.Ordinal) ? "?>" : ">";
            var end = text.IndexOf(close, StringComparison.Ordinal);
            if (text.StartsWith("<!DOCTYPE svg", StringComparison.Ordinal))
            {
                return true;
            }

            if (end < 0)
            {
                return false;
            }

            text = text[(end + close.Length)..].TrimStart();
        }

        var name = text.StartsWith("<svg:svg", StringComparison.Ordinal) ? 8 : text.StartsWith("<svg", StringComparison.Ordinal) ? 4 : text.Length;
        return name < text.Length && (char.IsWhiteSpace(text[name]) || text[name] is '>' or '/') && text.Contains(SvgDocument.Namespace, StringComparison.Ordinal);
    }

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var packet in SvgDocument.Of(source).Packets)
        {
            XmpPacket.Read(packet.Bytes, 0, "metadata XMP", findings);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var svg = SvgDocument.Of(source);
        var labelled = svg.Packets.Where(HasLabel).ToArray();
        if (labelled.Length > 1)
        {
            throw MediaException.Unsupported(0, "Labels stand in more than one packet of XMP.");
        }

        var existing = labelled.FirstOrDefault() ?? svg.Packets.FirstOrDefault(static packet => packet.Ordinal > 0);
        if (existing is not null)
        {
            var span = WithWrapper(svg.Bytes, XmlScan.Find(svg.Bytes, existing.Ordinal));
            return new Splice().Keep(0, span.Start).Write(XmpPacket.Write(content, existing.Bytes, span.Start)).Keep(span.End, source.Length);
        }

        var root = XmlScan.Find(svg.Bytes, 0);
        var isEmpty = root.ContentStart == root.End;
        byte[] element = [.. Encoding.ASCII.GetBytes($"<{svg.Prefix}metadata>"), .. XmpPacket.Write(content, default, 0), .. Encoding.ASCII.GetBytes($"</{svg.Prefix}metadata>")];
        return isEmpty
            ? new Splice().Keep(0, root.End - 2).Write(">"u8.ToArray()).Write(element).Write(Encoding.ASCII.GetBytes($"</{svg.Prefix}svg>")).Keep(root.End, source.Length)
            : new Splice().Keep(0, root.ContentStart).Write(element).Keep(root.ContentStart, source.Length);
    }

    /// <summary>With the <c>xpacket</c> instructions around it, where they stand right there.</summary>
    private static XmlSpan WithWrapper(byte[] svg, XmlSpan packet)
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

    private static bool HasLabel(SvgPacket packet)
    {
        var findings = new LabelFindings();
        XmpPacket.Read(packet.Bytes, 0, "metadata XMP", findings);
        return findings.Labels.Count > 0;
    }
}
