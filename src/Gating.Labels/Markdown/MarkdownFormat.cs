using Gating.Labels.Media;

namespace Gating.Labels.Markdown;

/// <summary>
/// Markdown with YAML front matter: the label is its key <c>AIGC</c>, a mapping of the seven members (TC260-PG-20258A, 6.5). Text without front matter could be anything: it is not
/// recognised here, and so not labelled.
/// </summary>
internal sealed class MarkdownFormat : ILabelFormat
{
    public string Name => "Markdown";

    public string MediaTypeOf(MediaSource source) => "text/markdown";

    public bool Recognizes(ReadOnlySpan<byte> start) => FrontMatter.Opens(start);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var label in YamlLabel.In(FrontMatter.Of(source)))
        {
            findings.Add("front matter AIGC", label.Start, label.Text);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var front = FrontMatter.Of(source);
        DemandMapping(front);
        var labels = YamlLabel.In(front);
        var home = labels.Count > 0 ? labels[0].Start : front.Start;
        var splice = new Splice().Keep(0, home).Write(YamlLabel.Write(content.Label, front.NewLine));
        var kept = (long)home;
        foreach (var label in labels)
        {
            splice.Keep(kept, label.Start);
            kept = label.End;
        }

        return splice.Keep(kept, source.Length);
    }

    // One more key breaks a list, and a text between two rulers is no front matter at all.
    private static void DemandMapping(FrontMatter front)
    {
        foreach (var line in front.Lines)
        {
            if (front.IsBlank(line) || front.TextOf(line) is ['#', ..])
            {
                continue;
            }

            var text = front.TextOf(line);
            if (char.IsWhiteSpace(text[0]) || text[0] is '-' or '{' or '[' or '!' or '&' or '|' or '>' or '%' || !(text.Contains(": ", StringComparison.Ordinal) || text.TrimEnd().EndsWith(':')))
            {
                throw MediaException.Unsupported(line.Start, "Its front matter is no list of keys and values that one more can be added to.");
            }

            return;
        }
    }
}
