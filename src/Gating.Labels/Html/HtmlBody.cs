using System.Net;
using System.Text;

namespace Gating.Labels.Html;

/// <summary>Where a page's body begins, tag or none: the start tags of head and body may both be left out (HTML, 13.1.2.4).</summary>
/// <param name="Tag">Its start tag, where it stands.</param>
/// <param name="Start">Where its first child stands, or would.</param>
internal readonly record struct HtmlBody(HtmlTag? Tag, int Start)
{
    private static readonly string[] Void = ["!doctype", "html", "head", "meta", "link", "base"];
    private static readonly string[] Filled = ["title", "style", "script", "noscript"];
    private static readonly string[] Paragraphs = ["p", "div", "span", "small", "header", "aside", "strong", "b"];

    public static HtmlBody Of(byte[] html, IReadOnlyList<HtmlTag> tags)
    {
        if (tags.FirstOrDefault(static tag => tag.Name is "body") is { } body)
        {
            return new(body, body.End);
        }

        // Behind all that can stand in a head: what comes then opens the body by itself.
        for (var (at, number) = (0, 0); ;)
        {
            var next = SkipBlank(html, at);
            while (number < tags.Count && tags[number].Start < next)
            {
                number++;
            }

            var end = number < tags.Count && tags[number].Start == next ? EndInHead(html, tags[number]) : StartsWith(html, next, "</head>") ? next + "</head>".Length : -1;
            if (end < 0)
            {
                return new(null, at);
            }

            at = end;
        }
    }

    /// <summary>The text that its first child begins with, up to the next tag; null where that is no paragraph.</summary>
    public string? FirstText(byte[] html, IReadOnlyList<HtmlTag> tags, int limit)
    {
        var next = SkipBlank(html, Start);
        if (tags.FirstOrDefault(tag => tag.Start == next) is not { } first || !Paragraphs.Contains(first.Name, StringComparer.Ordinal))
        {
            return null;
        }

        var text = html.AsSpan(first.End);
        var end = text.IndexOf((byte)'<');
        return end < 0 || end > limit ? null : WebUtility.HtmlDecode(Encoding.UTF8.GetString(text[..end])).Trim();
    }

    /// <summary>White space, comments, a byte order mark and XML's declarations.</summary>
    private static int SkipBlank(byte[] html, int at)
    {
        for (; at < html.Length; at++)
        {
            if (StartsWith(html, at, "<!--") || StartsWith(html, at, "<?"))
            {
                var close = html.AsSpan(at).IndexOf(html[at + 1] == (byte)'?' ? ">"u8 : "-->"u8);
                at = close < 0 ? html.Length - 1 : at + close + (html[at + 1] == (byte)'?' ? 0 : 2);
            }
            else if (html[at] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f' or 0xEF or 0xBB or 0xBF))
            {
                return at;
            }
        }

        return at;
    }

    /// <summary>Where an element ends that stands in front of the body; -1 for one that does not, or has no end.</summary>
    private static int EndInHead(byte[] html, HtmlTag tag) =>
        Void.Contains(tag.Name, StringComparer.Ordinal) ? tag.End : Filled.Contains(tag.Name, StringComparer.Ordinal) ? EndOf(html, tag) : -1;

    private static int EndOf(byte[] html, HtmlTag tag)
    {
        for (var at = tag.End; at < html.Length; at++)
        {
            if (html[at] == (byte)'<' && StartsWith(html, at, $"</{tag.Name}"))
            {
                var close = html.AsSpan(at).IndexOf((byte)'>');
                return close < 0 ? -1 : at + close + 1;
            }
        }

        return -1;
    }

    private static bool StartsWith(byte[] html, int at, string text) =>
        at + text.Length <= html.Length && string.Equals(Encoding.Latin1.GetString(html, at, text.Length), text, StringComparison.OrdinalIgnoreCase);
}
