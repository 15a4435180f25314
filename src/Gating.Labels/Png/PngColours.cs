using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>What a picture's pixels mean, and which two colours a label is drawn in.</summary>
/// <param name="Palette">A new palette with colours for the label at its end; null where the old one does.</param>
internal sealed record PngColours(PixelCode Code, byte[]? Palette)
{
    public static PngColours Of(MediaSource source, PngHeader header, IReadOnlyList<PngChunk> chunks)
    {
        var transparency = Content(source, chunks, "tRNS", 256);
        if (header.Colour is PngColour.Indexed)
        {
            return Indexed(source, header, chunks, transparency ?? []);
        }

        var isGrey = header.Colour is PngColour.Grey or PngColour.GreyAlpha;
        var (width, samples) = (header.Depth / 8, header.Samples);
        var code = SampleCode.Of(header.Depth, samples, isGrey ? 1 : 3, highByte: 0, isWhiteZero: false);
        if (header.Colour is PngColour.GreyAlpha or PngColour.RgbAlpha)
        {
            var opaque = code.Luma;
            code = code with { Luma = (row, i) => PixelCode.Over(opaque(row, i), row[((i * samples) + samples - 1) * width]) };
        }

        return new(transparency is null || header.Samples is 2 or 4 ? code : Beside(code, transparency, header, chunks), null);
    }

    // One colour of a picture may mean that nothing is there: two bytes for each sample, of which shallow ones use the last bits.
    private static PixelCode Beside(PixelCode code, byte[] key, PngHeader header, IReadOnlyList<PngChunk> chunks)
    {
        if (key.Length != 2 * header.Samples)
        {
            throw MediaException.Malformed(chunks[0].End, "tRNS does not belong to its picture.");
        }

        byte[] transparent = header.Depth == 16 ? key : [.. key.Where(static (_, i) => i % 2 == 1)];
        return header.Depth == 1 ? throw MediaException.Unsupported(chunks[0].End, "One of the picture's two colours is transparent: none is left to draw a label with.")
            : code with { Dark = Next(code.Dark, +1), Light = Next(code.Light, -1) };

        byte[] Next(byte[] colour, int step) => colour.AsSpan().SequenceEqual(transparent) ? [.. colour.Select(value => (byte)(value + step))] : colour;
    }

    private static PngColours Indexed(MediaSource source, PngHeader header, IReadOnlyList<PngChunk> chunks, byte[] transparency)
    {
        if (Content(source, chunks, "PLTE", 768) is not { Length: > 0 } colours || colours.Length % 3 != 0)
        {
            throw MediaException.Malformed(chunks[0].End, "The palette is missing, or ends within a colour.");
        }

        var palette = PaletteOf(colours, transparency);
        if (palette.HasContrast)
        {
            return new(palette.Code(header.Bits, chunks[0].End), null);
        }

        // hIST would need a count for each colour, and nobody knows one.
        var room = chunks.Any(static chunk => chunk.Type is "hIST") ? 0 : (1 << header.Bits) - (colours.Length / 3);
        var isDark = palette.Dark >= 0 && palette.Lumas[palette.Dark] < 128;
        byte[] wider = [.. colours, .. room > 1 || (room > 0 && isDark) ? (ReadOnlySpan<byte>)[0xFF, 0xFF, 0xFF] : [], .. room > 1 || (room > 0 && !isDark) ? (ReadOnlySpan<byte>)[0, 0, 0] : []];
        return new(PaletteOf(wider, transparency).Code(header.Bits, chunks[0].End), wider);
    }

    private static PixelPalette PaletteOf(byte[] colours, byte[] transparency)
    {
        int AlphaOf(int index) => index < transparency.Length ? transparency[index] : 255;
        return PixelPalette.Of(
            [.. Enumerable.Range(0, colours.Length / 3).Select(i => PixelCode.Over(PixelCode.LumaOf(colours[3 * i], colours[(3 * i) + 1], colours[(3 * i) + 2]), AlphaOf(i)))],
            i => AlphaOf(i) == 255);
    }

    private static byte[]? Content(MediaSource source, IReadOnlyList<PngChunk> chunks, string type, int limit) =>
        chunks.FirstOrDefault(chunk => string.Equals(chunk.Type, type, StringComparison.Ordinal)) is { } chunk ? source.ReadBytes(chunk.Offset + PngChunk.HeaderSize, chunk.Length, limit) : null;
}
