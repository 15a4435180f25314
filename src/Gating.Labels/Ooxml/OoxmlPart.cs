using System.Text;
using System.Xml;
using System.Xml.Linq;
using Gating.Labels.Media;
using Gating.Labels.Zip;

namespace Gating.Labels.Ooxml;

/// <summary>A part in XML that is small enough to be held. Read as a tree, and changed as text in place, so that whatever is not changed stays byte for byte.</summary>
/// <param name="Elements">All of them, in the order of the document: the index is what <see cref="XmlScan"/> finds them by.</param>
internal sealed record OoxmlPart(ZipEntry Entry, byte[] Bytes, IReadOnlyList<XElement> Elements)
{
    /// <summary>The largest part that is inflated.</summary>
    public const int MaxBytes = 512 * 1024;

    private const int MaxDepth = 64;
    private const int MaxNodes = 20_000;

    public XElement Root => Elements[0];

    public static OoxmlPart Read(MediaSource source, ZipEntry entry)
    {
        var bytes = ZipContent.Read(source, entry, MaxBytes);

        try
        {
            DemandUtf8(bytes, entry);
            Measure(bytes, entry);
            using var reader = Reader(bytes);
            return new(entry, bytes, [.. XDocument.Load(reader, LoadOptions.PreserveWhitespace).Descendants()]);
        }
        catch (XmlException broken)
        {
            throw MediaException.Malformed(entry.LocalAt, $"{entry.Name} is not XML that is read here (line {broken.LineNumber}).");
        }
    }

    /// <summary>The prefix of its root, colon and all: children that are written beside others get it too.</summary>
    public string Prefix
    {
        get
        {
            var name = Encoding.UTF8.GetString(Bytes, XmlScan.Find(Bytes, 0).Start + 1, Math.Min(64, Bytes.Length - XmlScan.Find(Bytes, 0).Start - 1)).Split([' ', '\t', '\r', '\n', '/', '>'], 2)[0];
            return name[..(name.IndexOf(':', StringComparison.Ordinal) + 1)];
        }
    }

    /// <summary>The part with these elements replaced, by nothing where nothing is given, and with one more at the end of its root.</summary>
    public byte[] With(IEnumerable<(XElement Old, string New)> replaced, string appended)
    {
        var numbers = Elements.Select(static (element, number) => (element, number)).ToDictionary(static pair => pair.element, static pair => pair.number);
        var result = new List<byte>(Bytes.Length + appended.Length);
        var kept = 0;
        foreach (var (old, with) in replaced)
        {
            var span = XmlScan.Find(Bytes, numbers[old]);
            Put(span.Start, with, span.End);
        }

        var root = XmlScan.Find(Bytes, 0);
        if (appended.Length > 0 && root.ContentStart == root.End)
        {
            Put(root.End - 2, $">{appended}</{Prefix}{Root.Name.LocalName}>", root.End);
        }
        else
        {
            Put(root.ContentEnd, appended, root.ContentEnd);
        }

        result.AddRange(Bytes.AsSpan(kept));
        return [.. result];

        void Put(int from, string text, int to)
        {
            result.AddRange(Bytes.AsSpan(kept, from - kept));
            result.AddRange(Encoding.UTF8.GetBytes(text));
            kept = to;
        }
    }

    private static void Measure(byte[] bytes, ZipEntry entry)
    {
        using var reader = Reader(bytes);
        for (var nodes = 0; reader.Read(); nodes += 1 + reader.AttributeCount)
        {
            if (reader.Depth > MaxDepth || nodes > MaxNodes)
            {
                throw MediaException.Unsupported(entry.LocalAt, $"{entry.Name} has more than {MaxDepth} levels or {MaxNodes} nodes.");
            }
        }
    }

    // What is written has to be in the part's own encoding.
    internal static void DemandUtf8(byte[] bytes, ZipEntry entry)
    {
        var isUtf16 = bytes is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] || bytes.AsSpan(0, Math.Min(bytes.Length, 8)).Contains((byte)0);
        using var reader = Reader(bytes);
        if (isUtf16 || (reader.Read() && reader.NodeType is XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding
            && !string.Equals(encoding, "utf-8", StringComparison.OrdinalIgnoreCase) && !string.Equals(encoding, "us-ascii", StringComparison.OrdinalIgnoreCase)))
        {
            throw MediaException.Unsupported(entry.LocalAt, $"{entry.Name} in another encoding than UTF-8 is not read here.");
        }
    }

    internal static XmlReader Reader(byte[] bytes) =>
        XmlReader.Create(new MemoryStream(bytes, writable: false), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
}
