using System.Globalization;
using System.Text;
using System.Xml;
using Gating.Labels.Explicit;
using Gating.Labels.Media;

namespace Gating.Labels.Svg;

/// <summary>
/// The label that is seen in the picture: a text in its lower right corner, of capitals at least 6% of the shortest side high (GB 45438-2025, 5.2 asks for 5%), the last child of the root and
/// so on top of all else. White with a dark outline, so that it is read on any ground; its style is its own, so that no style sheet of the document hides it.
/// </summary>
internal sealed class SvgText : IExplicitFormat
{
    private const int MaxText = 4 * ExplicitWording.MaxLength;

    /// <summary>Elements that are not seen.</summary>
    private static readonly string[] Unseen = ["metadata", "title", "desc", "defs", "style", "script"];

    private static readonly SvgFormat Format = new();

    public string Name => Format.Name;

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => Format.Recognizes(start);

    public ExplicitFinding Read(MediaSource source) => LastText(SvgDocument.Of(source).Bytes) is { } text && ExplicitWording.IsLabel(text)
        ? new ExplicitFinding.Found("last element of the picture", text)
        : new ExplicitFinding.Undetermined("The last element of the picture is no label; what it shows elsewhere is not known without rendering it.");

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var svg = SvgDocument.Of(source);
        var label = Encoding.UTF8.GetBytes(SvgFrame.Of(svg.Bytes).Label(svg.Prefix, wording.Text));
        var root = XmlScan.Find(svg.Bytes, 0);
        return root.ContentStart == root.End
            ? new Splice().Keep(0, root.End - 2).Write(">"u8.ToArray()).Write(label).Write(Encoding.ASCII.GetBytes($"</{svg.Prefix}svg>")).Keep(root.End, source.Length)
            : new Splice().Keep(0, root.ContentEnd).Write(label).Keep(root.ContentEnd, source.Length);
    }

    /// <summary>All text in the last child of the root that is seen.</summary>
    private static string? LastText(byte[] svg)
    {
        using var reader = XmlReader.Create(new MemoryStream(svg, writable: false), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
        var text = new StringBuilder();
        var isSeen = false;
        while (reader.Read())
        {
            if (reader is { Depth: 1, NodeType: XmlNodeType.Element })
            {
                isSeen = !Unseen.Contains(reader.LocalName, StringComparer.Ordinal);
                text.Length = isSeen ? 0 : text.Length;
            }
            else if (isSeen && reader.Depth > 1 && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && text.Length <= MaxText)
            {
                text.Append(reader.Value.AsSpan(0, Math.Min(reader.Value.Length, MaxText)));
            }
        }

        return text.Length > 0 ? text.ToString() : null;
    }
}
