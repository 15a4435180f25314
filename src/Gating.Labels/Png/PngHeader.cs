using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

internal enum PngColour
{
    Grey = 0,
    Rgb = 2,
    Indexed = 3,
    GreyAlpha = 4,
    RgbAlpha = 6,
}

/// <summary>IHDR (W3C PNG, 11.2.1).</summary>
internal sealed record PngHeader(uint Width, uint Height, int Depth, PngColour Colour, bool IsInterlaced)
{
    /// <summary>Where the passes of Adam7 begin, and their steps (8.1); the last row is that of no interlacing.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2), (0, 0, 1, 1)];

    public int Samples => Colour switch
    {
        PngColour.Rgb => 3,
        PngColour.GreyAlpha => 2,
        PngColour.RgbAlpha => 4,
        _ => 1,
    };

    public int Bits => Depth * Samples;

    public ReadOnlySpan<(int X, int Y, int StepX, int StepY)> Passes => IsInterlaced ? Adam7.AsSpan(0, 7) : Adam7.AsSpan(7);

    public static PngHeader Of(MediaSource source, PngChunk chunk)
    {
        if (chunk.Length != 13)
        {
            throw MediaException.Malformed(chunk.Offset, "IHDR has 13 bytes.");
        }

        var at = chunk.Offset + PngChunk.HeaderSize;
        var (depth, colour, interlacing) = (source.ReadByte(at + 8), (PngColour)source.ReadByte(at + 9), source.ReadByte(at + 12));
        var isKnown = colour switch
        {
            PngColour.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColour.Indexed => depth is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.RgbAlpha => depth is 8 or 16,
            _ => false,
        };
        var header = new PngHeader(source.ReadUInt32BigEndian(at), source.ReadUInt32BigEndian(at + 4), depth, colour, interlacing == 1);
        if (!isKnown || header.Width is 0 or > int.MaxValue || header.Height is 0 or > int.MaxValue || interlacing > 1 || source.ReadUInt16BigEndian(at + 10) != 0)
        {
            throw MediaException.Malformed(at, "IHDR says what no picture can be.");
        }

        return header.RowBytes(header.Width) <= StoredRow.MaxBytes ? header : throw MediaException.Unsupported(at, $"Rows of more than {StoredRow.MaxBytes} bytes.");
    }

    public int RowBytes(long pixels) => (int)Math.Min(int.MaxValue, ((pixels * Bits) + 7) / 8);
}
