using Gating.Labels.Explicit;
using Gating.Labels.Media;

namespace Gating.Labels.PlainText;

/// <summary>
/// Plain text, which has no room for metadata: its label is a line that people read, the first one. Recognised by being UTF-8 without control characters from its first byte to its last, and
/// by being nothing else: so it is asked last.
/// </summary>
internal sealed class PlainTextFormat : IExplicitFormat
{
    public string Name => "plain text";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => source.Length > 0 && Utf8Lines.IsText(source);

    public ExplicitFinding Read(MediaSource source) => Utf8Lines.Label(source, Utf8Lines.Mark(source));

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var behind = Utf8Lines.Mark(source);
        return new Splice().Keep(0, behind).Write(Utf8Lines.Bytes(source, wording.Text + "\n")).Keep(behind, source.Length);
    }
}
