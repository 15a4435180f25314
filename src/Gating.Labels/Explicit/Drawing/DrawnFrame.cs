using Gating.Labels.Media;

namespace Gating.Labels.Explicit.Drawing;

/// <summary>A frame of a moving picture, as a part of the canvas.</summary>
/// <param name="IsWipedAway">Before the next one is drawn, its part becomes empty.</param>
internal readonly record struct DrawnFrame(long Offset, long Left, long Top, long Right, long Bottom, bool IsWipedAway)
{
    /// <summary>
    /// Refuses what would show without its label for a time: the first frame has to cover the box, and whatever of it is wiped away has to be drawn again by the next one. What lies between
    /// may draw a part of it or nothing.
    /// </summary>
    public static void DemandVisible(LabelBox box, IReadOnlyList<DrawnFrame> frames)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            if (i == 0 && !frames[0].Covers(box.X, box.Y, box.Right, box.Bottom))
            {
                throw MediaException.Unsupported(frames[0].Offset, "The first frame does not reach the corner where the label stands.");
            }

            var (frame, next) = (frames[i], frames[(i + 1) % frames.Count]);
            if (frame.IsWipedAway && box.Touches(frame.Left, frame.Top, frame.Right, frame.Bottom)
                && !next.Covers(Math.Max(box.X, frame.Left), Math.Max(box.Y, frame.Top), Math.Min(box.Right, frame.Right), Math.Min(box.Bottom, frame.Bottom)))
            {
                throw MediaException.Unsupported(frame.Offset, "The label would be wiped away with this frame, and the next one does not draw it again.");
            }
        }
    }

    private bool Covers(long left, long top, long right, long bottom) => Left <= left && Top <= top && Right >= right && Bottom >= bottom;
}
