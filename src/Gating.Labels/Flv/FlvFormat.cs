using Gating.Labels.Media;

namespace Gating.Labels.Flv;

/// <summary>
/// FLV: the label is the member <c>AIGC</c> of the script tag <c>onMetaData</c> (TC260-PG-20257A). The places of key frames and the file's size, which that tag tells as well, move with
/// what it grows; nothing else in the file is an offset.
/// </summary>
internal sealed class FlvFormat : ILabelFormat
{
    public string Name => "FLV";

    public string MediaTypeOf(MediaSource source) => "video/x-flv";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("FLV\x01"u8);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var metadata in MetadataOf(source))
        {
            foreach (var (text, offset) in metadata.Labels)
            {
                findings.Add("onMetaData AIGC", offset, text);
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var all = MetadataOf(source);
        if (all.Count == 0)
        {
            var first = FlvTag.FirstAt(source);
            return new Splice().Keep(0, first).Write(FlvTag.Of(source, null, FlvMetadata.New(content.Label))).Keep(first, source.Length);
        }

        var growths = all.Select((metadata, i) => metadata.With(i == 0 ? content.Label : null, 0).Length - metadata.Tag.Size).ToArray();
        var growth = growths.Sum();
        var splice = new Splice();
        var kept = 0L;
        for (var i = 0; i < all.Count; i++)
        {
            splice.Keep(kept, all[i].Tag.Offset).Write(FlvTag.Of(source, all[i].Tag, all[i].With(i == 0 ? content.Label : null, growth)));
            kept = all[i].Tag.End;
        }

        return splice.Keep(kept, source.Length);
    }

    private static List<FlvMetadata> MetadataOf(MediaSource source)
    {
        var all = new List<FlvMetadata>();
        foreach (var tag in FlvTag.ReadFirst(source))
        {
            if (FlvMetadata.Of(source, tag) is { } metadata)
            {
                all.Add(metadata.Tag.Size <= 512 * 1024 && all.Count < 4 ? metadata : throw MediaException.Unsupported(tag.Offset, "Metadata again and again."));
            }
        }

        return all;
    }
}
