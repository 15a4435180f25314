using Gating.Labels.Gif;

namespace Gating.Labels.Tests.Samples;

/// <summary>Images that are just large enough for a label.</summary>
internal static class GifPixelSamples
{
    private static readonly byte[] Greys = [.. Enumerable.Range(0, 12).Select(static i => (byte)(i / 3 * 80))];
    private static readonly byte[] AlikeGreys = [.. Enumerable.Range(0, 12).Select(static i => (byte)(i / 3 * 8))];

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("GIF", "one image, with a comment", File(48, 16, Greys, GifSamples.Comment("a picture"), Image(0, 0, 48, 16))),
        new("GIF", "interlaced", File(50, 18, Greys, Image(0, 0, 50, 18, isInterlaced: true))),
        new("GIF", "with a table of its own and no colours that differ", File(50, 18, Greys, Image(0, 0, 50, 18, table: AlikeGreys))),
        new("GIF", "in two lines, black is transparent", File(34, 33, Greys, Control(0, transparent: 0), Image(0, 0, 34, 33))),
        new("GIF", "moving, in images of several sizes", File(60, 40, Greys, Control(1), Image(0, 0, 60, 40), Control(2), Image(20, 10, 30, 28), Control(1), Image(0, 0, 60, 40), Control(2), Image(0, 0, 5, 5))),
    ];

    public static byte[] File(int width, int height, byte[] table, params byte[][] blocks) =>
        [.. "GIF89a"u8, (byte)width, 0, (byte)height, 0, (byte)(0x80 | Size(table)), 0, 0, .. table, .. blocks.SelectMany(static block => block), 0x3B];

    public static byte[] Control(int disposal, int transparent = -1) => [0x21, 0xF9, 4, (byte)((disposal << 2) | (transparent < 0 ? 0 : 1)), 4, 0, (byte)Math.Max(0, transparent), 0];

    public static byte[] Image(int left, int top, int width, int height, bool isInterlaced = false, byte[]? table = null)
    {
        var image = new List<byte>([0x2C, (byte)left, 0, (byte)top, 0, (byte)width, 0, (byte)height, 0, (byte)((table is null ? 0 : 0x80 | Size(table)) | (isInterlaced ? 0x40 : 0)), .. table ?? []]);
        var writer = new LzwWriter(2, bytes => image.AddRange(bytes.Span));
        writer.Write([.. Enumerable.Range(0, width * height).Select(static i => (byte)(i / 3 % 4))]);
        writer.Finish();
        return [.. image];
    }

    private static int Size(byte[] table) => System.Numerics.BitOperations.Log2((uint)table.Length / 3) - 1;
}
