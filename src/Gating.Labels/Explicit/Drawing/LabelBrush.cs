namespace Gating.Labels.Explicit.Drawing;

/// <summary>Draws a label: an opaque box that stands out from what is around it, and in it the words in the other colour.</summary>
internal sealed class LabelBrush(LabelBox box, bool isLightInk)
{
    public LabelBox Box => box;

    public static LabelBrush Of(long width, long height, ExplicitWording wording, CornerLuma corner)
    {
        var box = LabelBox.Of(width, height, wording);
        return new(box, isLightInk: corner.Mean(box) >= 128);
    }

    /// <summary>Returns whether any of its pixels lie in the box.</summary>
    public bool Paint(RowPart part, Span<byte> row, PixelCode code)
    {
        if (part.Y < box.Y || part.Y >= box.Bottom)
        {
            return false;
        }

        var (from, to) = (part.IndexOf(box.X), part.IndexOf(box.Right));
        for (var i = from; i < to; i++)
        {
            code.Put(row, i, box.IsInk(part.XOf(i), part.Y) == isLightInk);
        }

        return to > from;
    }
}
