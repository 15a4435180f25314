using System.IO.Compression;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>Is shown every row of a picture, in the order of the file.</summary>
/// <param name="filtered">Its filter type, and the row as it is packed.</param>
/// <param name="isFirst">Of its pass: nothing is above it.</param>
internal delegate void PngRow(RowPart part, ReadOnlySpan<byte> filtered, ReadOnlySpan<byte> row, bool isFirst);

/// <summary>Unpacks a picture row by row, of which two are held.</summary>
internal static class PngRows
{
    public static void Walk(MediaSource source, PngHeader header, PngFrame frame, PngRow visit)
    {
        try
        {
            using var data = new PngData(source, frame);
            using (var unpacked = new ZLibStream(data, CompressionMode.Decompress, leaveOpen: true))
            {
                foreach (var pass in header.Passes)
                {
                    Walk(unpacked, header, frame, pass, visit);
                }

                if (unpacked.ReadByte() >= 0)
                {
                    throw MediaException.Malformed(frame.First.Offset, "More pixels than the picture has.");
                }
            }

            // What stands behind the stream means nothing, but its CRC has to be right like all others.
            data.CopyTo(Stream.Null);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw MediaException.Malformed(frame.First.Offset, "The pixels cannot be unpacked, or end too early.");
        }
    }

    private static void Walk(ZLibStream unpacked, PngHeader header, PngFrame frame, (int X, int Y, int StepX, int StepY) pass, PngRow visit)
    {
        var (width, height) = ((frame.Width - pass.X + pass.StepX - 1) / pass.StepX, (frame.Height - pass.Y + pass.StepY - 1) / pass.StepY);
        if (width <= 0)
        {
            return;
        }

        var bytes = header.RowBytes(width);
        var (filtered, row, above) = (new byte[1 + bytes], new byte[bytes], new byte[bytes]);
        for (var y = 0L; y < height; y++)
        {
            unpacked.ReadExactly(filtered);
            PngFilter.Undo(filtered[0], Math.Max(1, header.Bits / 8), filtered.AsSpan(1), above, row);
            visit(new(frame.Top + pass.Y + (y * pass.StepY), frame.Left + pass.X, pass.StepX, (int)width), filtered, row, y == 0);
            (row, above) = (above, row);
        }
    }
}
