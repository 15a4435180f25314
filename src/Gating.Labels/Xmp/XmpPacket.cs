using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Gating.Labels.Media;

namespace Gating.Labels.Xmp;

/// <summary>
/// XMP (ISO 16684-1) as far as labels need it: our properties are found in every form that RDF allows for them, and set without losing anybody else's. A DTD is refused; size, depth
/// and number of nodes are bounded before a tree is built.
/// </summary>
internal static class XmpPacket
{
    /// <summary>The largest packet that is looked into.</summary>
    public const int MaxBytes = 512 * 1024;

    private const int MaxDepth = 64;
    private const int MaxNodes = 20_000;

    private static readonly XName[] Ours = [XmpNames.Label, XmpNames.DigitalSourceType, XmpNames.SystemUsed, XmpNames.SystemVersionUsed];
    private static readonly byte[] Begin = [.. "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"u8];
    private static readonly byte[] End = [.. "\n<?xpacket end=\"w\"?>"u8];

    /// <summary>Adds what the packet says to <paramref name="findings"/>; a packet that cannot be read becomes a note.</summary>
    /// <param name="place">How the format calls the place: <c>XMP</c>, <c>uuid XMP</c>.</param>
    public static void Read(ReadOnlyMemory<byte> packet, long offset, string place, LabelFindings findings, bool isUsualPlace = true)
    {
        XDocument xmp;
        try
        {
            xmp = Load(packet, offset);
        }
        catch (MediaException broken)
        {
            findings.Notes.Add($"{place} at {offset.ToString(CultureInfo.InvariantCulture)}: {broken.Message}");
            return;
        }

        foreach (var text in Values(xmp, XmpNames.Label))
        {
            findings.Add($"{place} TC260:AIGC", offset, text, isUsualPlace);
        }

        findings.DigitalSourceType ??= Values(xmp, XmpNames.DigitalSourceType).FirstOrDefault();
    }

    /// <summary>A packet that says what <paramref name="content"/> says, and everything else that <paramref name="existing"/> (empty: none) says.</summary>
    public static byte[] Write(LabelContent content, ReadOnlyMemory<byte> existing, long offset)
    {
        var xmp = existing.IsEmpty ? New() : Load(existing, offset);
        var rdf = xmp.Descendants(XmpNames.Rdf + "RDF").FirstOrDefault() ?? throw MediaException.Malformed(offset, "Its XMP holds no rdf:RDF.");
        var home = HomeOf(xmp, rdf, XmpNames.Label);
        Remove(xmp, Ours);
        home.AddFirst(Properties(content, hasDate: Values(xmp, XmpNames.CreateDate).Any()));
        return Serialise(rdf, 0);
    }

    /// <summary>
    /// The packet (empty: a new one) with everything that <paramref name="content"/> says but for the label, for formats whose label stands elsewhere; null where it cannot be read.
    /// </summary>
    public static byte[]? WithFields(LabelContent content, ReadOnlyMemory<byte> existing, long offset)
    {
        XDocument xmp;
        try
        {
            xmp = existing.IsEmpty ? New() : Load(existing, offset);
        }
        catch (MediaException)
        {
            return null;
        }

        if (xmp.Descendants(XmpNames.Rdf + "RDF").FirstOrDefault() is not { } rdf)
        {
            return null;
        }

        var home = HomeOf(xmp, rdf, XmpNames.DigitalSourceType);
        Remove(xmp, Ours);
        home.AddFirst(Properties(content, hasDate: Values(xmp, XmpNames.CreateDate).Any()).Where(static property => property.Name != XmpNames.Label));
        return Serialise(rdf, 0);
    }

    /// <summary>
    /// The packet without a label, for formats whose label stands elsewhere; null where it holds none, or cannot be read. Padded to the length it had (ISO 16684-1, 7.3.2 allows white
    /// space before the end), so that what stands behind it need not move.
    /// </summary>
    public static byte[]? WithoutLabels(ReadOnlyMemory<byte> packet, long offset)
    {
        XDocument xmp;
        try
        {
            xmp = Load(packet, offset);
        }
        catch (MediaException)
        {
            return null;
        }

        if (!Values(xmp, XmpNames.Label).Any())
        {
            return null;
        }

        Remove(xmp, [XmpNames.Label]);
        return Serialise(xmp.Descendants(XmpNames.Rdf + "RDF").FirstOrDefault() ?? throw MediaException.Malformed(offset, "Its XMP holds no rdf:RDF."), packet.Length);
    }

    private static byte[] Serialise(XElement rdf, int paddedLength)
    {
        using var buffer = new MemoryStream();
        buffer.Write(Begin);
        using (var writer = XmlWriter.Create(buffer, new() { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false), CloseOutput = false }))
        {
            (rdf.Parent is { } parent && parent.Name == XmpNames.Meta + "xmpmeta" ? parent : rdf).WriteTo(writer);
        }

        while (buffer.Length + End.Length < paddedLength)
        {
            buffer.WriteByte((byte)' ');
        }

        buffer.Write(End);
        return buffer.ToArray();
    }

    private static XDocument New() => new(new XElement(
        XmpNames.Meta + "xmpmeta", new XAttribute(XNamespace.Xmlns + "x", XmpNames.Meta), new XElement(XmpNames.Rdf + "RDF", new XAttribute(XNamespace.Xmlns + "rdf", XmpNames.Rdf))));

    /// <summary>The description that a property of ours stands in already, so that one written twice is the same packet; else a new one of the same resource.</summary>
    private static XElement HomeOf(XDocument xmp, XElement rdf, XName property)
    {
        if (xmp.Descendants(property).FirstOrDefault()?.Parent is { } old && old.Name == XmpNames.Description)
        {
            return old;
        }

        var home = new XElement(
            XmpNames.Description,
            new XAttribute(XmpNames.About, rdf.Elements(XmpNames.Description).FirstOrDefault()?.Attribute(XmpNames.About)?.Value ?? string.Empty),
            new XAttribute(XNamespace.Xmlns + "TC260", XmpNames.Tc260),
            new XAttribute(XNamespace.Xmlns + "Iptc4xmpExt", XmpNames.IptcExtension),
            new XAttribute(XNamespace.Xmlns + "xmp", XmpNames.Basic));
        rdf.Add(home);
        return home;
    }

    private static IEnumerable<XElement> Properties(LabelContent content, bool hasDate)
    {
        yield return new(XmpNames.Label, LabelJson.Write(content.Label));
        yield return new(XmpNames.DigitalSourceType, DigitalSourceTypes.Uri(content.Source));
        if (content.System is not null)
        {
            yield return new(XmpNames.SystemUsed, content.System);
        }

        if (content.SystemVersion is not null)
        {
            yield return new(XmpNames.SystemVersionUsed, content.SystemVersion);
        }

        if (!hasDate)
        {
            yield return new(XmpNames.CreateDate, content.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A property as an element, as an attribute of its description, or by reference.</summary>
    private static IEnumerable<string> Values(XDocument xmp, XName property) =>
        xmp.Descendants(property).Select(static element => element.Attribute(XmpNames.Rdf + "resource")?.Value ?? element.Value)
            .Concat(xmp.Descendants(XmpNames.Description).Select(description => description.Attribute(property)?.Value).OfType<string>());

    private static void Remove(XDocument xmp, IReadOnlyList<XName> properties)
    {
        foreach (var property in properties)
        {
            xmp.Descendants(property).Remove();
            xmp.Descendants(XmpNames.Description).Attributes(property).Remove();
        }
    }

    private static XDocument Load(ReadOnlyMemory<byte> packet, long offset)
    {
        if (packet.Length > MaxBytes)
        {
            throw MediaException.Unsupported(offset, $"An XMP packet of {packet.Length} bytes; at most {MaxBytes} are looked into.");
        }

        var bytes = packet.ToArray().AsMemory().TrimEnd((byte)0);
        try
        {
            Measure(bytes, offset);
            using var reader = Reader(bytes);
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException broken)
        {
            throw MediaException.Malformed(offset, $"Its XMP is not XML that is read here (line {broken.LineNumber}).");
        }
    }

    private static void Measure(ReadOnlyMemory<byte> packet, long offset)
    {
        using var reader = Reader(packet);
        for (var nodes = 0; reader.Read(); nodes += 1 + reader.AttributeCount)
        {
            if (reader.Depth > MaxDepth || nodes > MaxNodes)
            {
                throw MediaException.Unsupported(offset, $"XMP of more than {MaxDepth} levels or {MaxNodes} nodes.");
            }
        }
    }

    private static XmlReader Reader(ReadOnlyMemory<byte> packet) => XmlReader.Create(
        new MemoryStream(packet.ToArray(), writable: false),
        new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxBytes, CloseInput = true });
}
