using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>A picture in a file: the one of IDAT, or a frame of APNG.</summary>
/// <param name="Control">Its fcTL; null for a default image that is no frame.</param>
/// <param name="First">Of the chunks that hold its pixels, which stand in one run.</param>
internal sealed record PngFrame(PngChunk? Control, PngChunk First, PngChunk Last, long Left, long Top, long Width, long Height, bool IsWipedAway)
{
    public bool IsDefault => First.Type is "IDAT";

    public bool Touches(LabelBox box) => box.Touches(Left, Top, Left + Width, Top + Height);

    public bool Covers(LabelBox box) => box.IsWithin(Left, Top, Left + Width, Top + Height);

    /// <summary>The default image first, then the others in order.</summary>
    public static IReadOnlyList<PngFrame> ReadAll(MediaSource source, PngHeader header, IReadOnlyList<PngChunk> chunks)
    {
        var frames = new List<PngFrame>();
        PngChunk? control = null;
        for (var i = 0; i < chunks.Count; i++)
        {
            if (chunks[i].Type is "fcTL")
            {
                control = control is null ? chunks[i] : throw MediaException.Malformed(chunks[i].Offset, "A frame without pixels.");
            }
            else if (chunks[i].Type is "IDAT" or "fdAT")
            {
                var last = i + 1 < chunks.Count && string.Equals(chunks[i + 1].Type, chunks[i].Type, StringComparison.Ordinal) ? i + 1 : i;
                frames.Add(control is null ? Still(header, chunks[i], chunks[last]) : Of(source, header, control, chunks[i], chunks[last]));
                (control, i) = (null, last);
            }
        }

        return frames.Count(static frame => frame.IsDefault) == 1 && frames[0].IsDefault ? frames : throw MediaException.Malformed(chunks[0].End, "The pixels do not stand in one run of IDAT chunks before all frames.");
    }

    public DrawnFrame Drawn() => new(First.Offset, Left, Top, Left + Width, Top + Height, IsWipedAway);

    private static PngFrame Still(PngHeader header, PngChunk first, PngChunk last) =>
        first.Type is "IDAT" ? new(null, first, last, 0, 0, header.Width, header.Height, IsWipedAway: false) : throw MediaException.Malformed(first.Offset, "A frame without its fcTL.");

    // Sequence number, width, height, x, y, delay of two numbers, what becomes of it, how it is drawn (W3C PNG, 11.3.6.2). What the first frame goes back to is nothing.
    private static PngFrame Of(MediaSource source, PngHeader header, PngChunk control, PngChunk first, PngChunk last)
    {
        var at = control.Offset + PngChunk.HeaderSize;
        var (width, height, left, top) = (source.ReadUInt32BigEndian(at + 4), source.ReadUInt32BigEndian(at + 8), source.ReadUInt32BigEndian(at + 12), source.ReadUInt32BigEndian(at + 16));
        if (control.Length != 26 || width == 0 || height == 0 || (long)left + width > header.Width || (long)top + height > header.Height || (first.Type is "IDAT" && (width != header.Width || height != header.Height)))
        {
            throw MediaException.Malformed(control.Offset, "A frame that does not lie in its picture.");
        }

        return new(control, first, last, left, top, width, height, source.ReadByte(at + 24) is 1 or 2 && (source.ReadByte(at + 24) == 1 || source.ReadUInt32BigEndian(at) == 0));
    }
}
