using System.Text;
using System.Xml;
using System.Xml.Linq;
using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Svg;

/// <summary>A packet of XMP in the document: <c>x:xmpmeta</c>, or <c>rdf:RDF</c> that stands without it.</summary>
/// <param name="Ordinal">The element's number in the order of the document, its root being 0.</param>
/// <param name="Bytes">A document of its own: with the namespaces that the one around it declares.</param>
internal sealed record SvgPacket(int Ordinal, byte[] Bytes);

/// <summary>An SVG document, held in memory up to a bound, with its packets; all else in it is only looked over.</summary>
internal sealed class SvgDocument
{
    public const string Namespace = "http://www.w3.org/2000/svg";

    /// <summary>The largest document that is read: places in it are found in its bytes, and a parser holds whole attributes, which pictures are put in.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    private const int MaxDepth = 256;
    private const int MaxPackets = 16;

    private SvgDocument(byte[] bytes, IReadOnlyList<SvgPacket> packets, bool isPrefixed) => (Bytes, Packets, Prefix) = (bytes, packets, isPrefixed ? "svg:" : string.Empty);

    public byte[] Bytes { get; }

    public IReadOnlyList<SvgPacket> Packets { get; }

    /// <summary>Of the root's name: <c>svg:</c> where it has one at all.</summary>
    public string Prefix { get; }

    public static SvgDocument Of(MediaSource source)
    {
        if (source.Length > MaxBytes)
        {
            throw MediaException.Unsupported(0, $"An SVG document of {source.Length} bytes; at most {MaxBytes} are read.");
        }

        var bytes = source.ReadBytes(0, source.Length, MaxBytes);
        try
        {
            return Parse(bytes);
        }
        catch (XmlException broken)
        {
            throw MediaException.Malformed(0, $"It is not XML that is read here (line {broken.LineNumber}); a document type is none either.");
        }
    }

    private static SvgDocument Parse(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes, writable: false), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
        var packets = new List<SvgPacket>();
        var ordinal = -1;
        bool? isPrefixed = null;
        while (reader.Read())
        {
            DemandUtf8(reader);
            if (reader.NodeType is not XmlNodeType.Element)
            {
                continue;
            }

            ordinal++;
            isPrefixed ??= RootHasPrefix(reader);
            if (reader.Depth > MaxDepth)
            {
                throw MediaException.Unsupported(0, $"Elements in more than {MaxDepth} levels.");
            }

            if (IsPacket(reader))
            {
                packets.Add(packets.Count < MaxPackets ? PacketAt(reader, ordinal, out var inner) : throw MediaException.Unsupported(0, $"More than {MaxPackets} packets of XMP."));
                ordinal += inner;
            }
        }

        return new(bytes, packets, isPrefixed ?? false);
    }

    private static bool IsPacket(XmlReader reader) =>
        reader is { LocalName: "xmpmeta" } && string.Equals(reader.NamespaceURI, XmpNames.Meta.NamespaceName, StringComparison.Ordinal)
        || reader is { LocalName: "RDF" } && string.Equals(reader.NamespaceURI, XmpNames.Rdf.NamespaceName, StringComparison.Ordinal);

    private static bool RootHasPrefix(XmlReader reader) =>
        reader is { LocalName: "svg", NamespaceURI: Namespace, Prefix: "" or "svg" }
            ? reader.Prefix.Length > 0
            : throw MediaException.Unsupported(0, "Its root is not svg in the namespace of SVG.");

    // Leaves the reader on the element's end, so that the next read goes on behind it.
    private static SvgPacket PacketAt(XmlReader reader, int ordinal, out int inner)
    {
        var outside = ((IXmlNamespaceResolver)reader).GetNamespacesInScope(XmlNamespaceScope.ExcludeXml);
        using var subtree = reader.ReadSubtree();
        var element = XElement.Load(subtree, LoadOptions.PreserveWhitespace);
        inner = element.Descendants().Count();
        foreach (var (prefix, uri) in outside.Where(static name => name.Key.Length > 0))
        {
            if (element.Attribute(XNamespace.Xmlns + prefix) is null && element.DescendantsAndSelf().Any(one => Uses(one, uri)))
            {
                element.Add(new XAttribute(XNamespace.Xmlns + prefix, uri));
            }
        }

        return new(ordinal, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)));
    }

    private static bool Uses(XElement element, string uri) =>
        string.Equals(element.Name.NamespaceName, uri, StringComparison.Ordinal) || element.Attributes().Any(attribute => string.Equals(attribute.Name.NamespaceName, uri, StringComparison.Ordinal));

    // What is written has to be in the document's own encoding.
    private static void DemandUtf8(XmlReader reader)
    {
        if (reader.NodeType is XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding
            && !string.Equals(encoding, "utf-8", StringComparison.OrdinalIgnoreCase) && !string.Equals(encoding, "us-ascii", StringComparison.OrdinalIgnoreCase))
        {
            throw MediaException.Unsupported(0, "SVG in another encoding than UTF-8 is not read here.");
        }
    }
}
