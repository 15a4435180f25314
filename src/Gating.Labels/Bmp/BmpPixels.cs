using Gating.Labels.Explicit;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Bmp;

/// <summary>Windows bitmaps, which have no room for metadata but hold their pixels as they are: the label is drawn in place.</summary>
internal sealed class BmpPixels : IExplicitFormat
{
    public string Name => "BMP";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => BmpHeader.Recognizes(start);

    public ExplicitFinding Read(MediaSource source) => PictureFinding.Of(new BmpHeader(source).Picture().Look(source).Read());

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var picture = new BmpHeader(source).Picture();
        var patches = new PixelPatches();
        picture.Paint(LabelBrush.Of(picture.Width, picture.Height, wording, picture.Look(source)), patches);
        return patches.Apply(source, structure: []);
    }
}
