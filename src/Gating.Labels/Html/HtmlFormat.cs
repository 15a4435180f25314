using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Html;

/// <summary>
/// HTML: the label is <c>&lt;meta name="AIGC"&gt;</c>, the first child of the head. No guide of TC260 names a place in HTML; this is what several tools read and write. Every encoding
/// that has ASCII's bytes for ASCII is read; UTF-16 and those that switch by escapes are refused.
/// </summary>
internal sealed class HtmlFormat : ILabelFormat
{
    /// <summary>What is looked into: a head that is longer is refused, and labels further back are met by no reader.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <summary>A browser looks for the encoding's declaration in the first so many bytes (HTML, 4.2.5.4).</summary>
    private const int CharsetBytes = 1024;

    private static readonly string[] HeadContent = ["title", "meta", "link", "style", "script", "base", "noscript", "template"];

    public string Name => "HTML";

    public string MediaTypeOf(MediaSource source) => IsXml(source.ReadBytes(0, Math.Min(source.Length, LabelFormats.StartBytes), LabelFormats.StartBytes)) ? "application/xhtml+xml" : "text/html";

    public bool Recognizes(ReadOnlySpan<byte> start)
    {
        // UTF-16 is recognised to be refused with its reason.
        var text = Encoding.Latin1.GetString(start).Replace("\0", string.Empty, StringComparison.Ordinal);
        foreach (var bom in (string[])["\u00EF\u00BB\u00BF", "\u00FF\u00FE", "\u00FE\u00FF"])
        {
            text = text.StartsWith(bom, StringComparison.Ordinal) ? text[bom.Length..] : text;
        }

        for (text = text.TrimStart(); ; text = text.TrimStart())
        {
            var end = text.StartsWith("<!--", StringComparison.Ordinal) ? text.IndexOf("-->", StringComparison.Ordinal) + 3
                : text.StartsWith("<?xml", StringComparison.Ordinal) ? text.IndexOf("?>", StringComparison.Ordinal) + 2 : 0;
            if (end < 4)
            {
                return Starts("<!doctype html") || Starts("<html");
            }

            text = text[end..];
        }

        bool Starts(string tag) => text.StartsWith(tag, StringComparison.OrdinalIgnoreCase) && text.Length > tag.Length && (char.IsWhiteSpace(text[tag.Length]) || text[tag.Length] is '>' or '/');
    }

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var tag in HtmlTag.In(BytesOf(source)))
        {
            DemandEncoding(tag);
            if (IsLabel(tag))
            {
                findings.Add("meta AIGC", tag.Start, tag["content"] ?? string.Empty);
            }
            else if (tag is { Name: "link" } && string.Equals(tag["rel"], "c2pa-manifest", StringComparison.OrdinalIgnoreCase))
            {
                findings.HasC2pa = true;
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var html = BytesOf(source);
        var tags = HtmlTag.In(html).ToArray();
        var labels = tags.Where(IsLabel).ToArray();
        var (at, needsHead) = PlaceOf(tags);
        var meta = MetaOf(content.Label, isXml: IsXml(html));
        if (tags.FirstOrDefault(IsCharset) is { } charset && !needsHead && charset.Start >= at
            && charset.End - labels.Where(label => label.End <= charset.Start).Sum(static label => label.End - label.Start) + meta.Length > CharsetBytes)
        {
            at = charset.End;
        }

        var splice = new Splice();
        var kept = 0L;
        var written = false;
        foreach (var label in labels)
        {
            Insert(label.Start);
            splice.Keep(kept, label.Start);
            kept = label.End;
        }

        Insert(source.Length);
        return splice.Keep(kept, source.Length);

        void Insert(long before)
        {
            if (!written && at <= before)
            {
                splice.Keep(kept, at).Write(Encoding.ASCII.GetBytes(needsHead ? $"<head>{meta}</head>" : meta));
                (kept, written) = (at, true);
            }
        }
    }

    /// <summary>Behind the head's start tag; where there is none, behind what has to stand before it.</summary>
    private static (int At, bool NeedsHead) PlaceOf(IReadOnlyList<HtmlTag> tags)
    {
        if (tags.TakeWhile(static tag => tag.Name is not ("body" or "frameset")).FirstOrDefault(static tag => tag.Name is "head") is { } head)
        {
            return (head.End, false);
        }

        var before = tags.TakeWhile(static tag => tag.Name is "!doctype" or "html").ToArray();
        var rest = tags.Skip(before.Length).FirstOrDefault();
        return before.Length == 0
            ? throw MediaException.Malformed(0, "Neither a doctype nor an html tag stands at its start.")
            : (before[^1].End, rest is null || Array.IndexOf(HeadContent, rest.Name) < 0);
    }

    private static string MetaOf(Label label, bool isXml)
    {
        var json = LabelJson.Write(label)
            .Replace("&", "&amp;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        return $"<meta name=\"AIGC\" content=\"{json}\"{(isXml ? " /" : string.Empty)}>";
    }

    private static byte[] BytesOf(MediaSource source)
    {
        var bytes = source.ReadBytes(0, Math.Min(source.Length, MaxBytes), MaxBytes);
        return bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || bytes.AsSpan(0, Math.Min(bytes.Length, 64)).Contains((byte)0)
            ? throw MediaException.Unsupported(0, "HTML in UTF-16 is not read here.")
            : bytes;
    }

    /// <summary>What is looked into, and its start tags.</summary>
    internal static (byte[] Html, IReadOnlyList<HtmlTag> Tags) Parse(MediaSource source)
    {
        var html = BytesOf(source);
        var tags = HtmlTag.In(html).ToArray();
        foreach (var tag in tags)
        {
            DemandEncoding(tag);
        }

        return (html, tags);
    }

    private static void DemandEncoding(HtmlTag tag)
    {
        var declared = tag is { Name: "meta" } ? (tag["charset"] ?? tag["content"] ?? string.Empty) : string.Empty;
        if (IsCharset(tag) && ((string[])["iso-2022", "hz-gb", "utf-7"]).Any(name => declared.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw MediaException.Unsupported(tag.Start, "HTML in an encoding that switches by escapes is not read here.");
        }
    }

    private static bool IsLabel(HtmlTag tag) => tag is { Name: "meta" } && string.Equals(tag["name"]?.Trim(), "AIGC", StringComparison.OrdinalIgnoreCase);

    private static bool IsCharset(HtmlTag tag) =>
        tag is { Name: "meta" } && (tag["charset"] is not null || string.Equals(tag["http-equiv"], "content-type", StringComparison.OrdinalIgnoreCase));

    internal static bool IsXml(ReadOnlySpan<byte> html) => html[..Math.Min(html.Length, LabelFormats.StartBytes)] is var start && (start.IndexOf("<?xml"u8) is >= 0 and < 4 || start.IndexOf("DTD XHTML"u8) >= 0);
}
