namespace Gating.Labels.Explicit.Drawing;

/// <summary>Codes of pixels that hold their colours themselves, in samples of one depth.</summary>
internal static class SampleCode
{
    /// <summary>Grey, or red, green and blue, and after it whatever else a pixel has: opacity, which is full where a label stands.</summary>
    /// <param name="colours">1 or 3.</param>
    /// <param name="highByte">Which byte of a sample of two is the higher.</param>
    /// <param name="isWhiteZero">Of grey: the highest value is black.</param>
    public static PixelCode Of(int depth, int samples, int colours, int highByte, bool isWhiteZero)
    {
        var (dark, light) = (Bytes(depth, samples, colours, isWhiteZero), Bytes(depth, samples, colours, !isWhiteZero));
        return depth < 8
            ? new(depth, dark, light, (row, i) => Turn(PixelCode.Get(row, i, depth) * 255 / ((1 << depth) - 1), isWhiteZero))
            : new(depth * samples, dark, light, Whole(depth / 8, samples, colours, highByte, isWhiteZero));
    }

    /// <summary>One of several planes. What it adds to the brightness of a pixel is <paramref name="weight"/> of 256.</summary>
    public static PixelCode OfPlane(int depth, int weight, bool isAlpha, int highByte)
    {
        var width = depth / 8;
        return new(depth, Bytes(depth, 1, 1, isAlpha), Bytes(depth, 1, 1, isLight: true), (row, i) => (row[(i * width) + highByte] * weight) >> 8);
    }

    private static Luma Whole(int width, int samples, int colours, int highByte, bool isWhiteZero) => colours == 1
        ? (row, i) => Turn(row[(i * samples * width) + highByte], isWhiteZero)
        : (row, i) =>
        {
            var at = (i * samples * width) + highByte;
            return PixelCode.LumaOf(row[at], row[at + width], row[at + (2 * width)]);
        };

    private static int Turn(int luma, bool isWhiteZero) => isWhiteZero ? 255 - luma : luma;

    private static byte[] Bytes(int depth, int samples, int colours, bool isLight)
    {
        if (depth < 8)
        {
            return [isLight ? (byte)((1 << depth) - 1) : (byte)0];
        }

        var bytes = new byte[depth / 8 * samples];
        Array.Fill(bytes, (byte)0xFF);
        Array.Fill(bytes, isLight ? (byte)0xFF : (byte)0, 0, depth / 8 * colours);
        return bytes;
    }
}
