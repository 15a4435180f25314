namespace Gating.Labels.Explicit.Drawing;

/// <summary>How bright the pixel at <paramref name="index"/> of a row is, 0 to 255.</summary>
internal delegate int Luma(ReadOnlySpan<byte> row, int index);

/// <summary>How a file holds its pixels: how many bits each, how bright they are, and what stands for the two colours of a label.</summary>
/// <param name="Bits">1, 2, 4 or whole bytes; several pixels of a byte come from its highest bit on.</param>
internal sealed record PixelCode(int Bits, byte[] Dark, byte[] Light, Luma Luma)
{
    public static int Get(ReadOnlySpan<byte> row, int index, int bits) => bits switch
    {
        8 => row[index],
        16 => row[2 * index],
        _ => (row[index * bits / 8] >> (8 - bits - (index * bits % 8))) & ((1 << bits) - 1),
    };

    public void Put(Span<byte> row, int index, bool isLight)
    {
        var value = isLight ? Light : Dark;
        if (Bits >= 8)
        {
            value.CopyTo(row[(index * (Bits / 8))..]);
            return;
        }

        var shift = 8 - Bits - (index * Bits % 8);
        ref var whole = ref row[index * Bits / 8];
        whole = (byte)((whole & ~(((1 << Bits) - 1) << shift)) | (value[0] << shift));
    }

    /// <summary>Of red, green and blue (ITU-R BT.601).</summary>
    public static int LumaOf(int red, int green, int blue) => ((77 * red) + (150 * green) + (29 * blue)) >> 8;

    /// <summary>As it looks on grey.</summary>
    public static int Over(int luma, int alpha) => ((luma * alpha) + (128 * (255 - alpha))) / 255;
}

/// <summary>A part of a picture's row as it stands in a file.</summary>
/// <param name="Left">Where its first pixel is in the picture.</param>
/// <param name="Step">From one pixel to the next.</param>
internal readonly record struct RowPart(long Y, long Left, int Step, int Count)
{
    public long XOf(int index) => Left + ((long)index * Step);

    /// <summary>The first pixel at <paramref name="x"/> or right of it.</summary>
    public int IndexOf(long x) => (int)Math.Clamp((x - Left + Step - 1) / Step, 0, Count);
}
