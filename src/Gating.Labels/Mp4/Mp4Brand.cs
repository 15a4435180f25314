using System.Text;
using Gating.Labels.Bmff;
using Gating.Labels.Media;

namespace Gating.Labels.Mp4;

/// <summary>What kind of file it is, by its major brand (ISO/IEC 14496-12, 4.3).</summary>
internal static class Mp4Brand
{
    public const string QuickTime = "qt  ";

    /// <summary>Other formats of the same boxes that are not video: raw photos, JPEG 2000, JPEG XL.</summary>
    private static readonly string[] Others = [.. ImageBrands.All, "crx ", "jp2 ", "jpm ", "jpx ", "j2ki", "j2is", "jxl "];

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
