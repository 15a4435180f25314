using System.Buffers.Binary;

namespace Gating.Labels.Tests.Samples;

/// <summary>Bitmaps that are just large enough for a label.</summary>
internal static class BmpSamples
{
    private static readonly byte[] TwoGreys = [0x20, 0x20, 0x20, 0, 0xE0, 0xE0, 0xE0, 0];

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("BMP", "of one bit, with OS/2's header", Of(12, 48, 16, 1, 0, [0, 0, 0, 0xFF, 0xFF, 0xFF])),
        new("BMP", "of four bits, in two lines", Of(40, 33, 32, 4, 0, TwoGreys)),
        new("BMP", "of eight bits, with two colours", Of(40, 48, 16, 8, 0, TwoGreys)),
        new("BMP", "of 16 bits without masks", Of(40, 48, 16, 16, 0, [])),
        new("BMP", "of 16 bits with masks", Of(40, 48, 16, 16, 3, [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0])),
        new("BMP", "of 24 bits, from the top down", Of(40, 48, -16, 24, 0, [])),
        new("BMP", "of 32 bits", Of(40, 48, 16, 32, 0, [])),
        new("BMP", "of 32 bits with opacity", Of(56, 48, 16, 32, 3, [0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF])),
    ];

    /// <param name="more">Masks and colours.</param>
    public static byte[] Of(int header, int width, int height, int bits, int compression, byte[] more)
    {
        var stride = ((width * bits) + 31) / 32 * 4;
        var start = 14 + (header == 12 ? 12 : 40) + more.Length;
        var file = new byte[start + (stride * Math.Abs(height))];
        "BM"u8.CopyTo(file);
        Put(2, file.Length);
        Put(10, start);
        Put(14, header);
        if (header == 12)
        {
            Put(18, width | (height << 16));
            Put(22, 1 | (bits << 16));
        }
        else
        {
            Put(18, width);
            Put(22, height);
            Put(26, 1 | (bits << 16));
            Put(30, compression);
            Put(46, bits <= 8 ? more.Length / 4 : 0);
        }

        more.CopyTo(file, start - more.Length);
        for (var i = start; i < file.Length; i++)
        {
            file[i] = bits <= 8 ? (byte)0 : (byte)(i * 7);
        }

        return file;

        void Put(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
    }
}
