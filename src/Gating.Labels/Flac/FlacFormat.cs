using Gating.Labels.Id3;
using Gating.Labels.Media;
using Gating.Labels.VorbisComments;

namespace Gating.Labels.Flac;

/// <summary>
/// FLAC (RFC 9639): the label is <c>AIGC=</c> in the VORBIS_COMMENT block (TC260-PG-202510A). An ID3v2 tag before <c>fLaC</c>, where C2PA puts its store, stays as it is, but for a label
/// in it.
/// </summary>
internal sealed class FlacFormat : ILabelFormat
{
    public string Name => "FLAC";

    private static ReadOnlySpan<byte> Magic => "fLaC"u8;

    public string MediaTypeOf(MediaSource source) => "audio/flac";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => Recognizes(start) || (Id3Header.InFront(source) is [.., var last] && source.StandsAt(last.End, Magic));

    public void Read(MediaSource source, LabelFindings findings)
    {
        var (tags, blocks) = Parts(source);
        foreach (var header in tags)
        {
            Id3Tag.Read(source, header).Read(findings);
        }

        foreach (var block in blocks.Where(static block => block.Type is FlacBlock.VorbisComment))
        {
            CommentOf(source, block).Read("Vorbis comment", block.Offset, findings);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var (tags, blocks) = Parts(source);
        var splice = new Splice();
        foreach (var header in tags)
        {
            Id3Tag.Read(source, header).Write(splice, json: null);
        }

        var json = LabelJson.Write(content.Label);
        var hasComment = blocks.Any(static block => block.Type is FlacBlock.VorbisComment);
        var isFirst = true;
        splice.Keep(blocks[0].Offset - Magic.Length, blocks[0].Offset);
        foreach (var block in blocks)
        {
            if (block.Type is FlacBlock.VorbisComment && CommentOf(source, block) is var comment && (isFirst || comment.HasLabel))
            {
                Write(splice, comment.With(isFirst ? json : null), block.IsLast, block.Offset);
                isFirst = false;
            }
            else if (block.Type is FlacBlock.StreamInfo && !hasComment)
            {
                // Behind STREAMINFO, which comes first always, and no longer says "last".
                splice.Write(FlacBlock.Header(block.Type, isLast: false, block.Length, block.Offset)).Keep(block.ContentOffset, block.End);
                Write(splice, VorbisComment.New().With(json), block.IsLast, block.Offset);
            }
            else
            {
                splice.Keep(block.Offset, block.End);
            }
        }

        return splice.Keep(blocks[^1].End, source.Length);
    }

    private static void Write(Splice splice, byte[] comment, bool isLast, long offset) =>
        splice.Write(FlacBlock.Header(FlacBlock.VorbisComment, isLast, comment.Length, offset)).Write(comment);

    private static (IReadOnlyList<Id3Header> Tags, IReadOnlyList<FlacBlock> Blocks) Parts(MediaSource source)
    {
        var tags = Id3Header.InFront(source);
        return (tags, FlacBlock.ReadAll(source, tags is [.., var last] ? last.End : 0));
    }

    private static VorbisComment CommentOf(MediaSource source, FlacBlock block) =>
        new(source.ReadBytes(block.ContentOffset, block.Length, VorbisComment.MaxBytes), 0, block.ContentOffset);
}
