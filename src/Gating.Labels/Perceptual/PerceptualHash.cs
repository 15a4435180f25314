using System.Globalization;
using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>
/// How a still picture looks, in 128 bits: whether each of its 128 lowest frequencies is above their median. The same picture encoded again or made smaller has nearly the same bits; any
/// other differs in about half of them.
/// </summary>
public readonly record struct PerceptualHash(UInt128 Value)
{
    /// <summary>Of the way it is computed. Hashes of two versions cannot be compared.</summary>
    public const int Version = 1;

    /// <summary>Two pictures that differ in no more bits are the same picture. Measured: copies up to 14 apart, different pictures 30 and more.</summary>
    public const int Near = 16;

    /// <summary>Two hashes that differ in no more bits have a band in common: eight bands, and seven differences spoil seven at most.</summary>
    public const int SharesBand = BandCount - 1;

    private const int Size = 128;
    private const int BandCount = 8;
    private const int BandSize = Size / BandCount;
    private const int Side = 16;

    /// <summary>The pixels of the shortest side: below that, the eighth that is read of a JPEG has fewer blocks than there are frequencies.</summary>
    private const int LeastSide = 128;

    /// <summary>Of 255: what encoding anew or another size changes in a frequency. A bit that is closer to the median than that is left to chance.</summary>
    private const double Noise = 0.1;

    private static readonly int[] Lowest = [.. Enumerable.Range(1, (Side * Side) - 1)
        .OrderBy(static i => (i % Side) + (i / Side)).ThenBy(static i => Math.Max(i % Side, i / Side)).ThenBy(static i => i).Take(Size)];

    /// <summary>
    /// Values for an index, the lowest frequencies first; the version and which band it is stand in the bits above the sixteen of its own. Of so many other pictures as an index has, one in 65,536 has a
    /// given band by chance: one in 8,192 is a candidate.
    /// </summary>
    public IReadOnlyList<uint> Bands
    {
        get
        {
            var value = Value;
            return [.. Enumerable.Range(0, BandCount).Select(band => (uint)((Version << 24) | (band << BandSize)) | (ushort)(value >> (Size - BandSize - (band * BandSize))))];
        }
    }

    /// <summary>Of the picture in <paramref name="input"/>, which can be read and sought: the first that the file shows. Never throws for what the file holds; about 100 KiB are held, rows of at most 1 MiB aside.</summary>
    public static PerceptualOutcome Of(Stream input)
    {
        try
        {
            using var source = new MediaSource(input);
            return LabelFormats.Of(source)?.Name switch
            {
                "JPEG" => Of(JpegLook.Of(source)),
                "PNG" => Of(PngLook.Of(source)),
                "GIF" => Of(GifLook.Of(source)),
                _ => new PerceptualOutcome.None(PerceptualAbsence.OtherFormat, "Only JPEG, PNG and GIF have one."),
            };
        }
        catch (MediaException broken)
        {
            return new PerceptualOutcome.None(broken.Fault is MediaFault.Unsupported ? PerceptualAbsence.Unsupported : PerceptualAbsence.Broken, broken.Message);
        }
    }

    /// <summary>From <see cref="ToString"/>.</summary>
    public static bool TryParse(string? text, out PerceptualHash hash)
    {
        hash = default;
        if (text is not { Length: Size / 4 } || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        hash = new(value);
        return true;
    }

    /// <summary>How many bits differ.</summary>
    public int Distance(PerceptualHash other) => (int)UInt128.PopCount(Value ^ other.Value);

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    private static PerceptualOutcome Of(PictureLook look)
    {
        if (Math.Min(look.Width, look.Height) < LeastSide)
        {
            return new PerceptualOutcome.None(PerceptualAbsence.TooSmall, $"Its shortest side has fewer than {LeastSide} pixels.");
        }

        var all = look.Frequencies(Side);
        double[] frequencies = [.. Lowest.Select(i => all[i])];
        var median = frequencies.Order().ElementAt(Size / 2);
        var (value, weak) = (UInt128.Zero, 0);
        foreach (var frequency in frequencies)
        {
            value = (value << 1) | (frequency > median ? 1u : 0u);
            weak += Math.Abs(frequency - median) < Noise ? 1 : 0;
        }

        return weak <= PerceptualOutcome.Hashed.MostWeak
            ? new PerceptualOutcome.Hashed(new(value), weak)
            : new PerceptualOutcome.None(PerceptualAbsence.Flat, "It is too plain to be told from others.");
    }
}
