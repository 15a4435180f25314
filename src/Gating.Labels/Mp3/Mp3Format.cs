using Gating.Labels.Id3;
using Gating.Labels.Media;

namespace Gating.Labels.Mp3;

/// <summary>
/// MP3 and its older layers: the label is a <c>TXXX</c> frame with the description <c>AIGC</c> in the first ID3v2 tag (TC260-PG-202510A). Read as well, and taken out: labels in other
/// ID3v2 tags, in XMP, in APEv2 and in ID3v1.
/// </summary>
internal sealed class Mp3Format : ILabelFormat
{
    /// <summary>Behind a tag, as much is searched for the first frame as players do before they give up.</summary>
    private const int MaxGap = 4096;

    public string Name => "MP3";

    public string MediaTypeOf(MediaSource source) => "audio/mpeg";

    /// <summary>Two frames cannot be told from four bytes without their neighbours: <see cref="Recognizes(MediaSource, ReadOnlySpan{byte})"/> decides.</summary>
    public bool Recognizes(ReadOnlySpan<byte> start) => false;

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start)
    {
        var tags = Id3Header.InFront(source);
        if (tags.Count == 0)
        {
            return MpegAudio.StandsAt(source, 0);
        }

        var audio = tags[^1].End;
        for (var at = audio; at <= audio + MaxGap && at < source.Length; at++)
        {
            if (source.ReadByte(at) == 0xFF && MpegAudio.StandsAt(source, at))
            {
                return true;
            }
        }

        return false;
    }

    public void Read(MediaSource source, LabelFindings findings)
    {
        var audio = 0L;
        foreach (var header in Id3Header.InFront(source))
        {
            Id3Tag.Read(source, header).Read(findings);
            audio = header.End;
        }

        Id3Tail.Read(source, audio).Read(source, findings);
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var json = LabelJson.Write(content.Label);
        var tags = Id3Header.InFront(source);
        var splice = new Splice();
        if (tags.Count == 0)
        {
            splice.Write(Id3Tag.New(json));
        }

        for (var i = 0; i < tags.Count; i++)
        {
            Id3Tag.Read(source, tags[i]).Write(splice, i == 0 ? json : null);
        }

        var audio = tags.Count == 0 ? 0 : tags[^1].End;
        var tail = Id3Tail.Read(source, audio);
        splice.Keep(audio, tail.Start);
        tail.Write(source, splice);
        return splice;
    }
}
