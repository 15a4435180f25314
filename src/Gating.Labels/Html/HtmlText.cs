using System.Globalization;
using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Media;

namespace Gating.Labels.Html;

/// <summary>The label that readers of a page see: a paragraph, the first child of the body. Characters beyond ASCII are written by their numbers, so that the page's encoding does not matter.</summary>
internal sealed class HtmlText : IExplicitFormat
{
    /// <summary>Of the first paragraph's text, in bytes, with characters written by numbers of up to ten bytes.</summary>
    private const int MaxText = ExplicitWording.MaxLength * 10;

    private static readonly HtmlFormat Format = new();

    public string Name => Format.Name;

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => Format.Recognizes(start);

    public ExplicitFinding Read(MediaSource source)
    {
        var (html, tags) = HtmlFormat.Parse(source);
        return HtmlBody.Of(html, tags).FirstText(html, tags, MaxText) is { } text && ExplicitWording.IsLabel(text)
            ? new ExplicitFinding.Found("first element of the body", text)
            : new ExplicitFinding.Undetermined("The first element of its body is no label; what a page shows elsewhere is not known without rendering it.");
    }

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var (html, tags) = HtmlFormat.Parse(source);
        if (tags.FirstOrDefault(static tag => tag.Name is "frameset" or "template" or "plaintext") is { } odd && (odd.Name is not "template" || tags.All(static tag => tag.Name is not "body")))
        {
            throw MediaException.Unsupported(odd.Start, $"A page with {odd.Name}, in which no place for a label is looked for.");
        }

        var body = HtmlBody.Of(html, tags);
        if (body.Start == 0)
        {
            throw MediaException.Malformed(0, "Neither a doctype nor an html tag stands at its start.");
        }

        var label = $"<p>{Escape(wording.Text)}</p>";
        if (body.Tag is { } tag && html[tag.End - 2] == (byte)'/' && HtmlFormat.IsXml(html))
        {
            return new Splice().Keep(0, tag.End - 2).Write(Encoding.ASCII.GetBytes($">{label}</body>")).Keep(tag.End, source.Length);
        }

        return body.Tag is not null || html.Length == source.Length
            ? new Splice().Keep(0, body.Start).Write(Encoding.ASCII.GetBytes(label)).Keep(body.Start, source.Length)
            : throw MediaException.Unsupported(body.Start, "Its body does not begin in the part that is looked into.");
    }

    private static string Escape(string text) => string.Concat(text.EnumerateRunes().Select(static rune =>
        rune.IsAscii && rune.Value is not ('&' or '<' or '>') ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"&#x{rune.Value:X};")));
}
