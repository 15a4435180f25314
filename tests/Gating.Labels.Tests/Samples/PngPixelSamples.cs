using System.Buffers.Binary;
using Gating.Labels.Png;

namespace Gating.Labels.Tests.Samples;

/// <summary>Pictures that are just large enough for a label.</summary>
internal static class PngPixelSamples
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("grey, of one bit", 50, 18, 1, 0, isInterlaced: false),
        Of("grey, of eight bits, in which black is transparent", 50, 18, 8, 0, isInterlaced: false, PngChunk.Of("tRNS", [0, 0])),
        Of("three colours of 16 bits, interlaced", 50, 18, 16, 2, isInterlaced: true),
        Of("grey and opacity, in two lines", 34, 33, 8, 4, isInterlaced: false),
        Of("three colours and opacity, interlaced", 50, 18, 8, 6, isInterlaced: true),
        Of("a palette of two colours", 50, 18, 1, 3, isInterlaced: true, PngChunk.Of("PLTE", [0, 0, 0, 0xFF, 0xFF, 0xFF])),
        Of("a palette that has no two colours but room for one", 50, 18, 2, 3, isInterlaced: false, PngChunk.Of("PLTE", [9, 9, 9, 8, 8, 8, 7, 7, 7]), PngChunk.Of("tRNS", [0])),
        Animated(),
    ];

    /// <summary>Rows with every filter there is.</summary>
    public static byte[] Rows(int width, int height, int bits, bool isInterlaced)
    {
        var rows = new List<byte>();
        foreach (var (x, y, stepX, stepY) in isInterlaced ? Adam7 : [(0, 0, 1, 1)])
        {
            var count = (width - x + stepX - 1) / stepX;
            for (var row = y; row < height && count > 0; row += stepY)
            {
                rows.Add((byte)(row % 5));
                rows.AddRange(Enumerable.Range(0, ((count * bits) + 7) / 8).Select(i => bits < 8 ? (byte)0 : (byte)(i + row)));
            }
        }

        return [.. rows];
    }

    public static byte[] Header(int width, int height, int depth, int colour, bool isInterlaced) =>
        PngChunk.Of("IHDR", [.. Number(width), .. Number(height), (byte)depth, (byte)colour, 0, 0, isInterlaced ? (byte)1 : (byte)0]);

    public static byte[] File(params byte[][] chunks) => [.. PngChunk.Signature, .. chunks.SelectMany(static chunk => chunk), .. PngChunk.Of("IEND", [])];

    /// <summary>A frame's fcTL.</summary>
    public static byte[] Control(int sequence, int width, int height, int x, int y, byte disposal) =>
        PngChunk.Of("fcTL", [.. Number(sequence), .. Number(width), .. Number(height), .. Number(x), .. Number(y), 0, 1, 0, 1, disposal, 0]);

    public static byte[] Frame(int sequence, int width, int height) => PngChunk.Of("fdAT", [.. Number(sequence), .. PngSamples.Packed(Rows(width, height, 8, isInterlaced: false))]);

    private static Sample Of(string what, int width, int height, int depth, int colour, bool isInterlaced, params byte[][] more)
    {
        var bits = depth * colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var packed = PngSamples.Packed(Rows(width, height, bits, isInterlaced));
        return new("PNG", what, File([Header(width, height, depth, colour, isInterlaced), .. more, PngChunk.Of("IDAT", packed.AsSpan(..9)), PngChunk.Of("IDAT", packed.AsSpan(9..20)), PngChunk.Of("IDAT", packed.AsSpan(20..))]));
    }

    // The first frame, one that touches the label, one that is nowhere near it, and a whole one.
    private static Sample Animated() => new("PNG", "animated, in frames of several sizes", File(
        Header(60, 40, 8, 0, isInterlaced: false),
        PngChunk.Of("acTL", [0, 0, 0, 4, 0, 0, 0, 0]),
        Control(0, 60, 40, 0, 0, 0),
        PngChunk.Of("IDAT", PngSamples.Packed(Rows(60, 40, 8, isInterlaced: false))),
        Control(1, 30, 30, 20, 5, 1),
        Frame(2, 30, 30),
        Control(3, 60, 40, 0, 0, 0),
        Frame(4, 60, 40),
        Control(5, 8, 8, 0, 0, 1),
        Frame(6, 8, 8)));

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
