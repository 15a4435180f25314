using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>A picture reduced to what its hash is made of.</summary>
/// <param name="BlockWide">How many pixels were one when it was reduced.</param>
internal sealed record PictureLook(DarkGrid Grid, long Width, long Height, double BlockWide = 1, double BlockHigh = 1)
{
    /// <summary>Larger ones would take more time than a hash is worth.</summary>
    public const long MostPixels = 100_000_000;

    public static void DemandSize(long width, long height)
    {
        if (width == 0 || height == 0)
        {
            throw MediaException.Unsupported(0, "A picture of no size, or one that says its size later.");
        }

        if (height > MostPixels / width)
        {
            throw MediaException.Unsupported(0, $"More than {MostPixels} pixels.");
        }
    }

    /// <summary>
    /// The amplitudes of the lowest frequencies, row by row, in steps of 255. Means over a block are smaller than what they are means of, and the more so the higher the frequency; that is
    /// undone here, so that pixels and blocks of pixels say the same. Plain arithmetic of IEEE 754 alone, which every machine does alike; the sine of a library need not be.
    /// </summary>
    public double[] Frequencies(int count)
    {
        var (means, cosines) = (Grid.Means(), Cosines(count));
        var (lines, found) = (new double[DarkGrid.Side * count], new double[count * count]);
        for (var i = 0; i < lines.Length; i++)
        {
            for (var x = 0; x < DarkGrid.Side; x++)
            {
                lines[i] += means[(i / count * DarkGrid.Side) + x] * cosines[(i % count * DarkGrid.Side) + x];
            }
        }

        for (var i = 0; i < found.Length; i++)
        {
            for (var y = 0; y < DarkGrid.Side; y++)
            {
                found[i] += lines[(y * count) + (i % count)] * cosines[(i / count * DarkGrid.Side) + y];
            }

            found[i] /= DarkGrid.Side * DarkGrid.Side / 4 * Loss(i % count * BlockWide / Width) * Loss(i / count * BlockHigh / Height);
        }

        return found;
    }

    // Twice the same: when means are taken, and when each is laid over its block as if it were all of it.
    private static double Loss(double halfPeriods)
    {
        var half = Math.PI / 2 * Math.Min(halfPeriods, 1);
        var loss = half == 0 ? 1 : Cosine((Math.PI / 2) - half) / half;
        return loss * loss;
    }

    private static double[] Cosines(int count) =>
        [.. Enumerable.Range(0, count * DarkGrid.Side).Select(static i => Turn(i / DarkGrid.Side * ((2 * (i % DarkGrid.Side)) + 1) % (4 * DarkGrid.Side)))];

    // Of so many 256ths of a turn.
    private static double Turn(int parts)
    {
        var folded = parts <= 128 ? parts : 256 - parts;
        return folded <= 64 ? Cosine(folded * Math.PI / 128) : -Cosine((128 - folded) * Math.PI / 128);
    }

    // From 0 to a quarter of a turn, by its series.
    private static double Cosine(double angle)
    {
        var (sum, term) = (1.0, 1.0);
        for (var i = 2; i <= 24; i += 2)
        {
            term *= -angle * angle / (i * (i - 1));
            sum += term;
        }

        return sum;
    }
}
