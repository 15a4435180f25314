using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Mp4;

/// <summary>What kind of file it is, by its major brand (ISO/IEC 14496-12, 4.3).</summary>
internal static class Mp4Brand
{
    public const string QuickTime = "qt  ";

    /// <summary>Stills and sequences of stills, and camera files: the same boxes, but another format. Their major brands.</summary>
    private static readonly string[] Others =
        ["avci", "avcs", "avif", "avis", "crx ", "heic", "heim", "heis", "heix", "hevc", "hevm", "hevs", "hevx", "jp2 ", "jpm ", "jpx ", "j2ki", "j2is", "jxl ", "miaf", "mif1", "mif2", "msf1"];

    /// <summary>First boxes of QuickTime files from before there was ftyp, and of segments, which are told that they are none.</summary>
    private static readonly string[] FirstBoxes = ["moov", "mdat", "wide", "free", "skip", "pnot", "styp"];

    public static bool Recognizes(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12)
        {
            return false;
        }

        var type = Encoding.Latin1.GetString(start.Slice(4, 4));
        return type is "ftyp"
            ? !Others.Contains(Encoding.Latin1.GetString(start.Slice(8, 4)), StringComparer.Ordinal)
            : FirstBoxes.Contains(type, StringComparer.Ordinal);
    }

    /// <summary>QuickTime where there is none.</summary>
    public static string Of(MediaSource source)
    {
        Span<byte> brand = stackalloc byte[4];
        if (!source.StandsAt(4, "ftyp"u8))
        {
            return QuickTime;
        }

        source.Read(8, brand);
        return Encoding.Latin1.GetString(brand);
    }

    public static string MediaTypeOf(MediaSource source) => Of(source) switch
    {
        QuickTime => "video/quicktime",
        "M4A " or "M4B " or "M4P " => "audio/mp4",
        ['3', 'g', '2', ..] => "video/3gpp2",
        ['3', 'g', 'p', ..] => "video/3gpp",
        _ => "video/mp4",
    };
}
