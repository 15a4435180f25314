using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Gif;
using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>What a GIF shows first, on white.</summary>
internal static class GifLook
{
    public static PictureLook Of(MediaSource source)
    {
        var (width, height) = (source.ReadUInt16LittleEndian(6), source.ReadUInt16LittleEndian(8));
        var (image, control) = GifBlock.ReadImages(source)[0];
        var frame = GifFrame.Of(source, image, control);
        PictureLook.DemandSize(width, height);
        PictureLook.DemandSize(frame.Width, frame.Height);
        if (frame.Colours == 0)
        {
            throw MediaException.Unsupported(frame.Offset, "An image without a table of colours.");
        }

        var values = Darkness(frame.Table(source), frame.Transparent);
        var grid = new DarkGrid(width, height, one: 1);
        var (reader, row) = (new LzwReader(source, frame.DataOffset), new byte[frame.Width]);
        foreach (var y in frame.Rows())
        {
            reader.Read(row);
            grid.AddRow(frame.Part(y), row, (pixels, i) => values[pixels[i]]);
        }

        return new(grid, width, height);
    }

    private static int[] Darkness(byte[] table, int transparent)
    {
        var values = new int[256];
        for (var i = 0; i < table.Length / 3; i++)
        {
            values[i] = i == transparent ? 0 : 255 - PixelCode.LumaOf(table[3 * i], table[(3 * i) + 1], table[(3 * i) + 2]);
        }

        return values;
    }
}
