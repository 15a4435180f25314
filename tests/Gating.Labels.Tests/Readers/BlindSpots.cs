namespace Gating.Labels.Tests.Readers;

/// <summary>What the readers are known not to look at, each with its reason.</summary>
internal static class BlindSpots
{
    /// <summary>Formats whose label exiftool 12.57 accepts but does not print: it knows no RIFF chunk named AIGC, reads no front matter, and of HTML the names in its own tables.</summary>
    public static IReadOnlySet<string> OfExifTool { get; } = new HashSet<string>(["WAV", "AVI", "HTML", "Markdown"], StringComparer.Ordinal);

    /// <summary>Formats of whose metadata ffprobe prints none that is XMP, nor RIFF chunks of other kinds.</summary>
    public static IReadOnlySet<string> OfFfprobe { get; } = new HashSet<string>(["JPEG", "PNG", "WebP", "GIF", "TIFF", "HEIF", "WAV"], StringComparer.Ordinal);

    /// <summary>Formats of which mediainfo prints the tracks and not all of the metadata: of Ogg none where FLAC is in it.</summary>
    public static IReadOnlySet<string> OfMediainfo { get; } = new HashSet<string>(["Ogg", "JPEG", "PNG", "WebP", "GIF", "TIFF", "HEIF", "WAV", "AVI", "PDF", "DOCX", "XLSX", "PPTX"], StringComparer.Ordinal);

    /// <summary>A document whose cross-reference table has lines of 19 bytes, which exiftool gives up on, before and after; and custom properties that do not stand in docProps, where it looks.</summary>
    public static bool IsUnreadByExifTool(string file) => Path.GetFileName(file) is "sample-files__grayscale-image.pdf" || file.Contains("elsewhere", StringComparison.Ordinal);

    public static bool IsForFfmpeg(string format) => format is not ("Markdown" or "HTML" or "SVG" or "PDF" or "DOCX" or "XLSX" or "PPTX");

    /// <summary>A third reader, where there is one.</summary>
    public static (string Program, string[] Arguments)? CheckerOf(string format) => format switch
    {
        "JPEG" or "PNG" or "WebP" or "TIFF" => ("exiv2", ["-pX"]),
        "PDF" => ("qpdf", ["--check"]),
        "MP3" or "FLAC" or "Ogg" or "WAV" => ("/usr/bin/python3", ["-c", "import mutagen, sys; sys.exit(mutagen.File(sys.argv[1]) is None)"]),
        _ => null,
    };
}
