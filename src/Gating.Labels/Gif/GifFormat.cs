using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Gif;

/// <summary>
/// GIF: the label is <c>TC260:AIGC</c> in the XMP packet of an application extension <c>XMP DataXMP</c> (TC260-PG-20259A), before the first image and what controls it. Extensions are of
/// GIF89a, so a GIF87a becomes one. Read as well, and left out: comments that hold a label.
/// </summary>
internal sealed class GifFormat : ILabelFormat
{
    private const int MinorVersionAt = 4;

    public string Name => "GIF";

    public string MediaTypeOf(MediaSource source) => "image/gif";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("GIF89a"u8) || start.StartsWith("GIF87a"u8);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var block in GifBlock.ReadAll(source, findings.Notes))
        {
            switch (block.Kind)
            {
                case GifBlockKind.Xmp:
                    XmpPacket.Read(GifText.PacketOf(source, block), block.Offset, "XMP", findings);
                    break;
                case GifBlockKind.Comment when LabelIn(source, block) is { } text:
                    findings.Add("comment", block.Offset, text, isUsualPlace: false);
                    break;
                case GifBlockKind.C2pa:
                    findings.HasC2pa = true;
                    break;
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var blocks = GifBlock.ReadAll(source, notes: null);
        var existing = blocks.FirstOrDefault(static block => block.Kind is GifBlockKind.Xmp);
        var packet = XmpPacket.Write(content, existing is null ? default : GifText.PacketOf(source, existing), existing?.Offset ?? 0);
        var splice = new Splice().Keep(0, MinorVersionAt).Write("9"u8.ToArray());
        var (kept, written) = (MinorVersionAt + 1L, false);
        foreach (var block in blocks)
        {
            // A control extension belongs to the image that follows; nothing comes between the two.
            if (!written && block.Kind is (GifBlockKind.GraphicControl or GifBlockKind.Image or GifBlockKind.PlainText))
            {
                splice.Keep(kept, block.Offset).Write(GifText.OfXmp(packet));
                (kept, written) = (block.Offset, true);
            }

            if (block.Kind is GifBlockKind.Xmp || (block.Kind is GifBlockKind.Comment && LabelIn(source, block) is not null))
            {
                splice.Keep(kept, block.Offset);
                kept = block.End;
            }
        }

        return splice.Keep(kept, source.Length);
    }

    private static string? LabelIn(MediaSource source, GifBlock block) => GifText.CommentOf(source, block) is { } text && FreeText.HoldsLabel(text) ? text : null;
}
