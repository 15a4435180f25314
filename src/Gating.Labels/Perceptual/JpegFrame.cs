using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>A colour of a picture: how finely it is sampled, which steps it uses, and how much of the brightness it is, of 256.</summary>
internal sealed record JpegColour(int Id, int Wide, int High, int Steps, int Weight)
{
    /// <summary>How many bits of its means are still to come; -1 before its first scan.</summary>
    public int Missing { get; set; } = -1;

    public int Mean { get; set; }
}

/// <summary>The header of a picture (ITU-T T.81, B.2.2).</summary>
/// <param name="Units">How many units of measure a pixel has, in which blocks of the brightness are whole: the product of all sampling factors' kinds.</param>
internal sealed record JpegFrame(int Width, int Height, bool IsProgressive, JpegColour[] Colours, (int Wide, int High) Units)
{
    public int MostWide => Colours.Max(static colour => colour.Wide);

    public int MostHigh => Colours.Max(static colour => colour.High);

    /// <summary>Of a block of the first colour, in pixels.</summary>
    public double BlockWide => 8.0 * MostWide / Colours[0].Wide;

    public double BlockHigh => 8.0 * MostHigh / Colours[0].High;

    public bool IsComplete => Array.TrueForAll(Colours, static colour => colour.Weight == 0 || colour.Missing == 0);

    public static JpegFrame Of(byte[] content, bool isProgressive, bool isRgb, long end)
    {
        if (content.Length < 6 || content.Length < 6 + (3 * content[5]) || content[5] == 0)
        {
            throw MediaException.Malformed(end, "The header of the picture ends too early.");
        }

        var (height, width, count) = ((content[1] << 8) | content[2], (content[3] << 8) | content[4], content[5]);
        if (content[0] != 8 || count is not (1 or 3))
        {
            throw MediaException.Unsupported(end, "Samples of more than eight bits, or two or four colours.");
        }

        PictureLook.DemandSize(width, height);

        // Files that hold red, green and blue as they are say so, in Adobe's segment or by the names of their colours.
        isRgb |= count == 3 && content[6] == 'R' && content[9] == 'G' && content[12] == 'B';
        int[] weights = count == 1 ? [256] : isRgb ? [77, 150, 29] : [256, 0, 0];
        var colours = new JpegColour[count];
        for (var i = 0; i < count; i++)
        {
            var (id, sampling, steps) = (content[6 + (3 * i)], content[7 + (3 * i)], content[8 + (3 * i)]);
            colours[i] = new(id, sampling >> 4, sampling & 15, steps, weights[i]);
            if (colours[i].Wide is < 1 or > 4 || colours[i].High is < 1 or > 4 || steps > 3)
            {
                throw MediaException.Malformed(end, "A colour that is sampled as none can be.");
            }
        }

        return new(width, height, isProgressive, colours, (Least(colours, static colour => colour.Wide), Least(colours, static colour => colour.High)));
    }

    // The least number that all factors divide: 1, 2, 3, 4, 6 or 12.
    private static int Least(JpegColour[] colours, Func<JpegColour, int> factor) => Enumerable.Range(1, 12).First(number => Array.TrueForAll(colours, colour => number % factor(colour) == 0));
}
