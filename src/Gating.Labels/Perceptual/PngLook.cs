using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;
using Gating.Labels.Png;

namespace Gating.Labels.Perceptual;

/// <summary>What a PNG shows first, on white, row by row as it is unpacked.</summary>
internal static class PngLook
{
    public static PictureLook Of(MediaSource source)
    {
        var chunks = PngChunk.ReadAll(source);
        var header = PngHeader.Of(source, chunks[0]);
        PictureLook.DemandSize(header.Width, header.Height);
        var darkness = Darkness(source, header, chunks);
        var grid = new DarkGrid(header.Width, header.Height, one: 1);
        PngRows.Walk(source, header, PngFrame.ReadAll(source, header, chunks)[0], (part, _, row, _) => grid.AddRow(part, row, darkness));
        return new(grid, header.Width, header.Height);
    }

    private static Luma Darkness(MediaSource source, PngHeader header, IReadOnlyList<PngChunk> chunks)
    {
        var transparency = Content(source, chunks, "tRNS", 256) ?? [];
        if (header.Colour is PngColour.Indexed)
        {
            return Indexed(Content(source, chunks, "PLTE", 768) ?? throw MediaException.Malformed(chunks[0].End, "The palette is missing."), transparency, header.Depth);
        }

        var colours = header.Colour is PngColour.Grey or PngColour.GreyAlpha ? 1 : 3;
        var luma = SampleCode.Of(header.Depth, header.Samples, colours, highByte: 0, isWhiteZero: false).Luma;
        var (bytes, samples) = (header.Depth / 8, header.Samples);
        if (samples is 2 or 4)
        {
            return (row, i) => OnWhite(luma(row, i), row[((i * samples) + samples - 1) * bytes]);
        }

        if (transparency.Length != 2 * samples)
        {
            return (row, i) => 255 - luma(row, i);
        }

        // One colour means that nothing is there: two bytes for each sample, of which shallow ones use the last bits.
        byte[] key = header.Depth == 16 ? transparency : [.. transparency.Where(static (_, i) => i % 2 == 1)];
        return header.Depth < 8
            ? (row, i) => PixelCode.Get(row, i, header.Depth) == key[0] ? 0 : 255 - luma(row, i)
            : (row, i) => row.Slice(i * key.Length, key.Length).SequenceEqual(key) ? 0 : 255 - luma(row, i);
    }

    private static Luma Indexed(byte[] palette, byte[] opacity, int depth)
    {
        var values = new int[256];
        Array.Fill(values, 255);
        for (var i = 0; i < palette.Length / 3; i++)
        {
            values[i] = OnWhite(PixelCode.LumaOf(palette[3 * i], palette[(3 * i) + 1], palette[(3 * i) + 2]), i < opacity.Length ? opacity[i] : 255);
        }

        return (row, i) => values[PixelCode.Get(row, i, depth)];
    }

    private static int OnWhite(int luma, int opacity) => (255 - luma) * opacity / 255;

    private static byte[]? Content(MediaSource source, IReadOnlyList<PngChunk> chunks, string type, int limit) =>
        chunks.FirstOrDefault(chunk => string.Equals(chunk.Type, type, StringComparison.Ordinal)) is { } chunk ? source.ReadBytes(chunk.Offset + PngChunk.HeaderSize, chunk.Length, limit) : null;
}
