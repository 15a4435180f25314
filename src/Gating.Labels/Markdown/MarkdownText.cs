using Gating.Labels.Explicit;
using Gating.Labels.Media;
using Gating.Labels.PlainText;

namespace Gating.Labels.Markdown;

/// <summary>The label that readers of a Markdown file see: a paragraph of its own, the first below the front matter.</summary>
internal sealed class MarkdownText : IExplicitFormat
{
    public string Name => "Markdown";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => FrontMatter.Opens(start);

    public ExplicitFinding Read(MediaSource source) => Utf8Lines.Label(source, FrontMatter.Of(source).End);

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var end = FrontMatter.Of(source).End;
        var newLine = source.ReadByte(end - 1) == '\n' ? string.Empty : "\n";
        return new Splice().Keep(0, end).Write(Utf8Lines.Bytes(source, $"{newLine}{wording.Text}\n\n")).Keep(end, source.Length);
    }
}
