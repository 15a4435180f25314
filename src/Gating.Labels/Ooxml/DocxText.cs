using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Media;
using Gating.Labels.Zip;

namespace Gating.Labels.Ooxml;

/// <summary>The label that readers of a text document see: a paragraph of its own, the first. Tables and slides have no such place, and get none here.</summary>
internal sealed class DocxText : IExplicitFormat
{
    private static readonly OoxmlFormat Format = new(OoxmlKind.Word);

    public string Name => Format.Name;

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => Format.Recognizes(source, start);

    public ExplicitFinding Read(MediaSource source) => DocxBody.Of(source, Format.Demand(source)).FirstText is var text && ExplicitWording.IsLabel(text)
        ? new ExplicitFinding.Found("first paragraph", text.Trim())
        : new ExplicitFinding.Undetermined("Its first paragraph is no label; headers, footers and pictures are not looked into here.");

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var package = Format.Demand(source);
        package.DemandUnsigned(source);
        var body = DocxBody.Of(source, package);
        var text = wording.Text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        var paragraph = $"<{body.Prefix}p><{body.Prefix}r><{body.Prefix}t>{text}</{body.Prefix}t></{body.Prefix}r></{body.Prefix}p>";
        var splice = new ZipSplice(source, package.Directory);
        splice.Replace(body.Entry, [.. body.Bytes.AsSpan(0, body.Start), .. Encoding.UTF8.GetBytes(paragraph), .. body.Bytes.AsSpan(body.Start)]);
        return splice.Plan();
    }
}
