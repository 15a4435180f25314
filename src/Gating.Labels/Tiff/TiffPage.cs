using System.Globalization;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>A page whose pixels stand in the file as they are (TIFF 6.0, sections 3 to 6 and 15).</summary>
internal static class TiffPage
{
    private const int BlackIsZero = 1;
    private const int Rgb = 2;
    private const int Indexed = 3;
    private const int Planar = 2;

    public static StoredPicture Of(TiffLayout layout, TiffTags tags)
    {
        var (width, height) = (tags.Get(TiffTags.ImageWidth, 0, "width"), tags.Get(TiffTags.ImageLength, 0, "height"));
        if (width is < 1 or > int.MaxValue || height is < 1 or > int.MaxValue)
        {
            throw MediaException.Malformed(tags.Offset, $"A picture of {width} by {height} pixels.");
        }

        DemandPlain(tags);
        var codes = Codes(layout, tags);

        // Parts that all stand at one place would make a small file a large picture.
        if ((Int128)width * height * codes.Sum(static code => code.Bits) / 8 > layout.Source.Length)
        {
            throw MediaException.Malformed(tags.Offset, $"The file is too short for a picture of {width} by {height} pixels.");
        }

        var grid = TiffGrid.Of(tags, width, height);
        return new(width, height, (from, to) => codes.SelectMany((code, plane) => grid.Rows(from, to, plane, code)));
    }

    private static void DemandPlain(TiffTags tags)
    {
        if (tags.Get(TiffTags.Compression, 1) is var compression && compression != 1)
        {
            throw MediaException.Unsupported(tags.Offset, $"Pixels are compressed: {NameOf(compression)}. Labels are drawn on uncompressed ones alone.");
        }

        for (var i = 0L; i < tags.Count(TiffTags.SampleFormat); i++)
        {
            if (tags.Get(TiffTags.SampleFormat, i, "sample format") != 1)
            {
                throw MediaException.Unsupported(tags.Offset, "Samples that are no unsigned integers.");
            }
        }
    }

    /// <summary>Of each plane, of which there is one alone where a pixel's samples stand together.</summary>
    private static PixelCode[] Codes(TiffLayout layout, TiffTags tags)
    {
        var samples = tags.Get(TiffTags.SamplesPerPixel, 1);
        var depth = tags.Get(TiffTags.BitsPerSample, 1);
        for (var i = 0L; i < Math.Min(samples, tags.Count(TiffTags.BitsPerSample)); i++)
        {
            depth = tags.Get(TiffTags.BitsPerSample, i, "depth") == depth ? depth : throw MediaException.Unsupported(tags.Offset, "Samples of several depths.");
        }

        var photometric = tags.Get(TiffTags.Photometric, -1);
        var colours = photometric is Rgb ? 3 : 1;
        if (photometric is < 0 or > Indexed || depth is not (1 or 2 or 4 or 8 or 16) || samples < colours || samples > 8 || (depth < 8 && (samples > 1 || photometric is Rgb || tags.Get(TiffTags.FillOrder, 1) != 1)))
        {
            throw MediaException.Unsupported(tags.Offset, string.Create(CultureInfo.InvariantCulture, $"Pixels of {samples} samples of {depth} bits with photometric interpretation {photometric}."));
        }

        var highByte = depth == 16 && layout.IsLittleEndian ? 1 : 0;
        return photometric is Indexed ? [Palette(tags, depth, samples)]
            : tags.Get(TiffTags.PlanarConfiguration, 1) == Planar && samples > 1 ? [.. Enumerable.Range(0, (int)samples).Select(plane => Plane(plane, colours, (int)depth, highByte, photometric))]
            : [SampleCode.Of((int)depth, (int)samples, colours, highByte, photometric < BlackIsZero)];
    }

    private static PixelCode Plane(int plane, int colours, int depth, int highByte, long photometric)
    {
        if (photometric < BlackIsZero)
        {
            throw MediaException.Unsupported(0, "Planes in which white is zero.");
        }

        var weight = plane >= colours ? 0 : colours == 1 ? 256 : (ReadOnlySpan<int>)[77, 150, 29] is var weights ? weights[plane] : 0;
        return SampleCode.OfPlane(depth, weight, plane >= colours, highByte);
    }

    // All red values, then all green, then all blue, of 16 bits each.
    private static PixelCode Palette(TiffTags tags, long depth, long samples)
    {
        var count = 1 << (int)depth;
        if (samples != 1 || depth > 8 || tags.Count(TiffTags.ColorMap) < 3 * count)
        {
            throw MediaException.Unsupported(tags.Offset, "A palette that does not belong to its pixels.");
        }

        int Value(int index) => (int)(tags.Get(TiffTags.ColorMap, (long)index, "palette") >> 8) & 0xFF;
        return PixelPalette.Of([.. Enumerable.Range(0, count).Select(i => PixelCode.LumaOf(Value(i), Value(count + i), Value((2 * count) + i)))], static _ => true).Code((int)depth, tags.Offset);
    }

    private static string NameOf(long compression) => compression switch
    {
        2 => "CCITT, modified Huffman",
        3 => "CCITT, group 3",
        4 => "CCITT, group 4",
        5 => "LZW",
        6 or 7 => "JPEG",
        8 or 32946 => "Deflate",
        32773 => "PackBits",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        _ => compression.ToString(CultureInfo.InvariantCulture),
    };
}
