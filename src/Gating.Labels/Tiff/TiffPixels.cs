using Gating.Labels.Explicit;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>Uncompressed TIFF and BigTIFF: the label is drawn in place on every page, but for reduced copies and masks of another one (tag 254, bits 0 and 2).</summary>
internal sealed class TiffPixels : IExplicitFormat
{
    private const int MaxLabelled = 64;
    private const long ReducedOrMask = 0b101;

    public string Name => "TIFF";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => TiffLayout.Recognizes(start);

    public ExplicitFinding Read(MediaSource source)
    {
        var layout = TiffLayout.Of(source);
        string? text = null;
        foreach (var (tags, i) in Pages(layout).Select(static (tags, i) => (tags, i)))
        {
            var there = TiffPage.Of(layout, tags).Look(source).Read();
            text = i == 0 || string.Equals(text, there, StringComparison.Ordinal) ? there : null;
        }

        return PictureFinding.Of(text);
    }

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var layout = TiffLayout.Of(source);
        var (patches, structure) = (new PixelPatches(), new List<(long From, long To)> { (0, layout.FirstIfdAt + layout.OffsetSize) });
        foreach (var tags in Pages(layout))
        {
            var picture = TiffPage.Of(layout, tags);
            picture.Paint(LabelBrush.Of(picture.Width, picture.Height, wording, picture.Look(source)), patches);
            structure.AddRange(tags.Structure);
        }

        return patches.Apply(source, structure);
    }

    private static TiffTags[] Pages(TiffLayout layout)
    {
        var all = TiffIfd.ReadPages(layout);
        if (all.Count > MaxLabelled)
        {
            throw MediaException.Unsupported(all[MaxLabelled].Offset, $"{all.Count} pages; a label is drawn on {MaxLabelled} at most.");
        }

        var pages = all.Select(ifd => new TiffTags(layout, ifd)).ToArray();
        return Array.FindAll(pages, static tags => (tags.Get(TiffTags.NewSubfileType, 0) & ReducedOrMask) == 0) is { Length: > 0 } whole ? whole : pages;
    }
}
