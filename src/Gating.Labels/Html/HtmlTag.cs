using System.Net;
using System.Text;

namespace Gating.Labels.Html;

/// <summary>A start tag.</summary>
internal sealed record HtmlTag(string Name, int Start, int End, IReadOnlyDictionary<string, string> Attributes)
{
    private const int MaxAttributes = 64;

    /// <summary>Elements whose content is text, tags in it included (HTML, 13.2.5).</summary>
    private static readonly string[] Texts = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);

    /// <summary>All start tags and the doctype (as <c>!doctype</c>); the scan ends where <paramref name="html"/> does, and at whatever has no end.</summary>
    public static IEnumerable<HtmlTag> In(byte[] html)
    {
        for (var at = 0; (at = IndexOf(html, at, '<')) >= 0;)
        {
            if (html.AsSpan(at).StartsWith("<!--"u8))
            {
                var close = html.AsSpan(at + 2).IndexOf("-->"u8);
                if (close < 0)
                {
                    yield break;
                }

                at += 2 + close + 3;
            }
            else if (at + 1 < html.Length && (char.IsAsciiLetter((char)html[at + 1]) || html[at + 1] is (byte)'!'))
            {
                if (Of(html, at) is not { } tag)
                {
                    yield break;
                }

                yield return tag;
                at = Array.IndexOf(Texts, tag.Name) >= 0 ? EndOfText(html, tag) : tag.End;
            }
            else
            {
                at++;
            }
        }
    }

    private static int IndexOf(byte[] html, int from, char what)
    {
        var at = html.AsSpan(from).IndexOf((byte)what);
        return at < 0 ? -1 : from + at;
    }

    private static int EndOfText(byte[] html, HtmlTag tag)
    {
        for (var at = tag.End; (at = IndexOf(html, at, '<')) >= 0; at++)
        {
            if (at + 2 + tag.Name.Length <= html.Length && html[at + 1] == (byte)'/' && string.Equals(Encoding.ASCII.GetString(html, at + 2, tag.Name.Length), tag.Name, StringComparison.OrdinalIgnoreCase))
            {
                return at + 2 + tag.Name.Length;
            }
        }

        return html.Length;
    }

    private static HtmlTag? Of(byte[] html, int start)
    {
        var at = start + 1;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ((byte)'>' or (byte)'/'))
        {
            at++;
        }

        var name = Encoding.Latin1.GetString(html, start + 1, at - start - 1).ToLowerInvariant();
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (at < html.Length && html[at] != (byte)'>')
        {
            if (IsSpace(html[at]) || html[at] == (byte)'/')
            {
                at++;
                continue;
            }

            at = Attribute(html, at, attributes);
        }

        return at < html.Length ? new(name, start, at + 1, attributes) : null;
    }

    /// <summary>Returns where it ends; the first of two of one name counts (13.2.5.33).</summary>
    private static int Attribute(byte[] html, int at, Dictionary<string, string> attributes)
    {
        var start = at++;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ((byte)'>' or (byte)'/' or (byte)'='))
        {
            at++;
        }

        var name = Encoding.Latin1.GetString(html, start, at - start);
        var next = at;
        while (next < html.Length && IsSpace(html[next]))
        {
            next++;
        }

        var (from, to, end) = next < html.Length && html[next] == (byte)'=' ? Value(html, next + 1) : (at, at, at);
        if (attributes.Count < MaxAttributes)
        {
            attributes.TryAdd(name, to - from > LabelJson.MaxBytes ? string.Empty : WebUtility.HtmlDecode(Encoding.UTF8.GetString(html, from, to - from)));
        }

        return end;
    }

    private static (int From, int To, int End) Value(byte[] html, int at)
    {
        while (at < html.Length && IsSpace(html[at]))
        {
            at++;
        }

        if (at < html.Length && html[at] is (byte)'"' or (byte)'\'')
        {
            var close = IndexOf(html, at + 1, (char)html[at]);
            return close < 0 ? (at + 1, html.Length, html.Length) : (at + 1, close, close + 1);
        }

        var start = at;
        while (at < html.Length && !IsSpace(html[at]) && html[at] != (byte)'>')
        {
            at++;
        }

        return (start, at, at);
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f';
}
