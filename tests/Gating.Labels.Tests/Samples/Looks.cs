using Gating.Labels.Gif;
using Gating.Labels.Png;

namespace Gating.Labels.Tests.Samples;

/// <summary>One and the same picture in every way in which PNG and GIF hold one: soft blots, as brightness from 0 to 255.</summary>
internal static class Looks
{
    public const int Width = 200;
    public const int Height = 150;

    private static readonly int[] Spots = Random(12 * 9);

    public static byte[] Grey { get; } = [.. Enumerable.Range(0, Width * Height).Select(static i => Brightness(i % Width, i / Width))];

    public static IEnumerable<(string What, byte[] File)> All()
    {
        foreach (var isInterlaced in (bool[])[false, true])
        {
            yield return ("grey", Png(8, 0, isInterlaced, static v => [v]));
            yield return ("grey of four bits", Png(4, 0, isInterlaced, static v => [(byte)(v >> 4)]));
            yield return ("grey of 16 bits", Png(16, 0, isInterlaced, static v => [v, 7]));
            yield return ("colours", Png(8, 2, isInterlaced, static v => [v, v, v]));
            yield return ("colours of 16 bits", Png(16, 2, isInterlaced, static v => [v, 1, v, 2, v, 3]));
            yield return ("a palette", Png(8, 3, isInterlaced, static v => [(byte)(255 - v)], PngChunk.Of("PLTE", [.. Enumerable.Range(0, 768).Select(static i => (byte)(255 - (i / 3)))])));
            yield return ("black, as opaque as it is dark", Png(8, 4, isInterlaced, static v => [0, (byte)(255 - v)]));
            yield return ("colours and opacity", Png(8, 6, isInterlaced, static v => [v, v, v, 255]));
            yield return ("colours and opacity of 16 bits", Png(16, 6, isInterlaced, static v => [0, 0, 0, 0, 0, 0, (byte)(255 - v), 9]));
            yield return ("GIF", Gif(isInterlaced));
        }
    }

    public static byte[] Png(int depth, int colour, bool isInterlaced, Func<byte, byte[]> pixel, params byte[][] more) => PngPixelSamples.File(
        [PngPixelSamples.Header(Width, Height, depth, colour, isInterlaced), .. more, PngChunk.Of("IDAT", PngSamples.Packed(Rows(depth, isInterlaced, pixel)))]);

    private static byte[] Gif(bool isInterlaced)
    {
        var rows = isInterlaced ? ((int First, int Step)[])[(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)];
        var file = new List<byte>([.. "GIF89a"u8, Width, 0, Height, 0, 0xF7, 0, 0, .. Enumerable.Range(0, 768).Select(static i => (byte)(i / 3)), 0x2C, 0, 0, 0, 0, Width, 0, Height, 0, isInterlaced ? (byte)0x40 : (byte)0]);
        var writer = new LzwWriter(8, bytes => file.AddRange(bytes.Span));
        foreach (var (first, step) in rows)
        {
            for (var y = first; y < Height; y += step)
            {
                writer.Write(Grey.AsSpan(y * Width, Width));
            }
        }

        writer.Finish();
        return [.. file, 0x3B];
    }

    private static byte[] Rows(int depth, bool isInterlaced, Func<byte, byte[]> pixel)
    {
        var rows = new List<byte>();
        foreach (var (left, top, stepX, stepY) in new PngHeader(1, 1, 8, PngColour.Grey, isInterlaced).Passes)
        {
            for (var y = top; y < Height; y += stepY)
            {
                byte[] row = [.. Enumerable.Range(0, (Width - left + stepX - 1) / stepX).SelectMany(i => pixel(Grey[(y * Width) + left + (i * stepX)]))];
                rows.AddRange([0, .. depth == 4 ? row.Chunk(2).Select(static two => (byte)((two[0] << 4) | (two.Length > 1 ? two[1] : 0))) : row]);
            }
        }

        return [.. rows];
    }

    // Between spots of random brightness that stand in rows, as the crow flies.
    private static byte Brightness(int x, int y)
    {
        var (column, row, right, down) = (x / 20, y / 20, x % 20, y % 20);
        int At(int i, int j) => Spots[(j * 12) + i];
        return (byte)(((((At(column, row) * (20 - right)) + (At(column + 1, row) * right)) * (20 - down)) + (((At(column, row + 1) * (20 - right)) + (At(column + 1, row + 1) * right)) * down)) / 400);
    }

    // The same everywhere: a generator of the simplest kind.
    private static int[] Random(int count)
    {
        var numbers = new int[count];
        for (var (i, state) = (0, 12345u); i < count; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            numbers[i] = (int)(state >> 24);
        }

        return numbers;
    }
}
