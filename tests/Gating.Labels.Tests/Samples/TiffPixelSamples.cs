using System.Buffers.Binary;

namespace Gating.Labels.Tests.Samples;

/// <summary>Uncompressed pictures that are just large enough for a label.</summary>
internal static class TiffPixelSamples
{
    private static readonly long[] Palette = [.. Enumerable.Range(0, 48).Select(static i => (i % 16) * 0x1111L)];

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("TIFF", "bilevel, white is zero, in two strips", Of(isBig: false, 50, 18, 1, 1, photometric: 0, rowsPerStrip: 16)),
        new("TIFF", "bilevel, black is zero", Of(isBig: false, 50, 18, 1, 1, photometric: 1, rowsPerStrip: 18)),
        new("TIFF", "grey, of 16 bits", Of(isBig: false, 48, 16, 1, 16, photometric: 1, rowsPerStrip: 5)),
        new("TIFF", "BigTIFF, grey", Of(isBig: true, 48, 16, 1, 8, photometric: 1, rowsPerStrip: 16)),
        new("TIFF", "with a palette", Of(isBig: false, 48, 16, 1, 4, photometric: 3, rowsPerStrip: 16, more: [(320, 3, Palette)])),
        new("TIFF", "of three colours", Of(isBig: false, 48, 16, 3, 8, photometric: 2, rowsPerStrip: 7)),
        new("TIFF", "of three colours and opacity, in planes", Of(isBig: true, 48, 16, 4, 8, photometric: 2, rowsPerStrip: 16, planes: 4)),
        new("TIFF", "in tiles", Of(isBig: false, 50, 20, 1, 8, photometric: 1, rowsPerStrip: 16, tileWidth: 16)),
    ];

    /// <param name="tileWidth">0 for strips.</param>
    public static byte[] Of(bool isBig, int width, int height, int samples, int bits, int photometric, int rowsPerStrip, int planes = 1, int tileWidth = 0, long compression = 1, (ushort Tag, ushort Type, long[] Values)[]? more = null)
    {
        var (wide, isTiled) = (isBig ? 8 : 4, tileWidth > 0);
        var file = new List<byte>([.. "II"u8, (byte)(isBig ? 43 : 42), 0, .. isBig ? (byte[])[8, 0, 0, 0] : [], .. new byte[wide]]);
        var (partWidth, down) = (isTiled ? tileWidth : width, (height + rowsPerStrip - 1) / rowsPerStrip);
        var rowBytes = ((partWidth * bits * samples / planes) + 7) / 8;
        var (places, lengths) = (new List<long>(), new List<long>());
        for (var part = 0; part < planes * down * ((width + partWidth - 1) / partWidth); part++)
        {
            var rows = isTiled ? rowsPerStrip : Math.Min(rowsPerStrip, height - (part % down * rowsPerStrip));
            places.Add(file.Count);
            lengths.Add(rows * rowBytes);
            file.AddRange(Enumerable.Range(0, rows * rowBytes).Select(static i => (byte)(i * 7)));
        }

        var entries = new List<(ushort Tag, ushort Type, long[] Values)>([(256, 3, [width]), (257, 3, [height]), (258, 3, [.. Enumerable.Repeat((long)bits, samples)]), (259, 3, [compression]), (262, 3, [photometric]), (277, 3, [samples]), (284, 3, [planes > 1 ? 2 : 1]), .. more ?? []]);
        entries.AddRange(isTiled ? [(322, 3, [tileWidth]), (323, 3, [rowsPerStrip]), (324, 4, [.. places]), (325, 4, [.. lengths])] : [(273, 4, [.. places]), (278, 3, [rowsPerStrip]), (279, 4, [.. lengths])]);
        var directory = new List<byte>(Number(entries.Count, isBig ? 8 : 2));
        foreach (var (tag, type, values) in entries.OrderBy(static entry => entry.Tag))
        {
            byte[] value = [.. values.SelectMany(number => Number(number, type == 3 ? 2 : 4))];
            if (value.Length > wide)
            {
                file.AddRange(value);
                value = Number(file.Count - value.Length, wide);
            }

            directory.AddRange([.. Number(tag, 2), .. Number(type, 2), .. Number(values.Length, wide), .. value, .. new byte[wide - value.Length]]);
        }

        var bytes = (byte[])[.. file, .. directory, .. new byte[wide]];
        Number(file.Count, wide).CopyTo(bytes, isBig ? 8 : 4);
        return bytes;
    }

    private static byte[] Number(long value, int width)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..width];
    }
}
