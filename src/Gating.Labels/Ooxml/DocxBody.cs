using System.Text;
using System.Xml;
using Gating.Labels.Media;
using Gating.Labels.Zip;

namespace Gating.Labels.Ooxml;

/// <summary>The body of a text document (ISO/IEC 29500-1, 17.2.2), held up to a bound.</summary>
/// <param name="Start">Where its first child stands.</param>
/// <param name="Prefix">Of its elements, colon and all.</param>
/// <param name="FirstText">Of its first child, where that is a paragraph.</param>
internal sealed record DocxBody(OoxmlPackage Package, ZipEntry Entry, byte[] Bytes, int Start, string Prefix, string FirstText)
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxDepth = 256;
    private const int MaxText = 256;

    private static readonly string[] Namespaces = ["http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"];

    public static DocxBody Of(MediaSource source, OoxmlPackage package)
    {
        var entry = package.Directory.Find(source, package.MainPart) ?? throw MediaException.Malformed(package.Types.Entry.LocalAt, "The package's main part is not there.");
        var bytes = ZipContent.Read(source, entry, MaxBytes);
        try
        {
            OoxmlPart.DemandUtf8(bytes, entry);
            return Parse(package, entry, bytes);
        }
        catch (XmlException broken)
        {
            throw MediaException.Malformed(entry.LocalAt, $"{entry.Name} is not XML that is read here (line {broken.LineNumber}).");
        }
    }

    private static DocxBody Parse(OoxmlPackage package, ZipEntry entry, byte[] bytes)
    {
        using var reader = OoxmlPart.Reader(bytes);
        var (ordinal, body, children, text) = (-1, -1, 0, new StringBuilder());
        var (prefix, isText) = (string.Empty, false);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw MediaException.Unsupported(entry.LocalAt, $"{entry.Name} has more than {MaxDepth} levels.");
            }

            if (reader.NodeType is XmlNodeType.Element)
            {
                ordinal++;
                isText = reader.LocalName is "t";
                children += body >= 0 && reader.Depth == 2 ? children == 0 && reader.LocalName is not "p" ? 2 : 1 : 0;
                if (body < 0 && reader is { Depth: 1, LocalName: "body", IsEmptyElement: false } && Namespaces.Contains(reader.NamespaceURI, StringComparer.Ordinal))
                {
                    (body, prefix) = (ordinal, reader.Prefix.Length > 0 ? reader.Prefix + ":" : string.Empty);
                }
            }
            else if (children == 1 && isText && reader.Depth > 2 && reader.NodeType is XmlNodeType.Text && text.Length < MaxText)
            {
                text.Append(reader.Value.AsSpan(0, Math.Min(reader.Value.Length, MaxText)));
            }
        }

        return body >= 0
            ? new(package, entry, bytes, XmlScan.StartOfContent(bytes, body), prefix, text.ToString())
            : throw MediaException.Unsupported(entry.LocalAt, $"{entry.Name} holds no body with anything in it.");
    }
}
