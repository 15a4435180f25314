using Gating.Labels.Media;

namespace Gating.Labels.Ogg;

/// <summary>
/// Ogg (RFC 3533) with Vorbis, Opus (RFC 7845) or FLAC (RFC 9639, 10.1): the label is <c>AIGC=</c> in the comment packet (TC260-PG-202510A). Where that needs more or fewer pages, all
/// later ones are numbered anew, with their CRC; packets stay as they are.
/// </summary>
internal sealed class OggFormat : ILabelFormat
{
    public string Name => "Ogg";

    public string MediaTypeOf(MediaSource source) => "audio/ogg";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(OggPage.Magic);

    public void Read(MediaSource source, LabelFindings findings)
    {
        var stream = OggStream.Read(source);
        stream.Comment.Read($"{stream.Codec.Name} comment", stream.CommentOffset, findings);
    }

    public Splice Write(MediaSource source, LabelContent content) => OggStream.Read(source).With(LabelJson.Write(content.Label));
}
