namespace Gating.Labels.Tests.Readers;

/// <summary>What the readers are known not to look at, each with its reason.</summary>
internal static class BlindSpots
{
    /// <summary>Formats whose label exiftool 12.57 accepts but does not print: it knows no RIFF chunk named AIGC.</summary>
    public static IReadOnlySet<string> OfExifTool { get; } = new HashSet<string>(["WAV", "AVI"], StringComparer.Ordinal);

    /// <summary>A file that exiftool gives up on, before and after: its cross-reference table has lines of 19 bytes.</summary>
    public const string UnreadByExifTool = "sample-files__grayscale-image.pdf";

    public static bool IsForFfmpeg(string format) => format is not ("Markdown" or "HTML" or "SVG" or "PDF");

    /// <summary>A third reader, where there is one.</summary>
    public static (string Program, string[] Arguments)? CheckerOf(string format) => format switch
    {
        "JPEG" or "PNG" or "WebP" or "TIFF" => ("exiv2", ["-pX"]),
        "PDF" => ("qpdf", ["--check"]),
        "MP3" or "FLAC" or "Ogg" or "WAV" => ("/usr/bin/python3", ["-c", "import mutagen, sys; sys.exit(mutagen.File(sys.argv[1]) is None)"]),
        _ => null,
    };
}
