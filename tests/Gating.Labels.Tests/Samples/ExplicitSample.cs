using Gating.Labels.Explicit;

namespace Gating.Labels.Tests.Samples;

/// <summary>Samples of the formats that get an explicit label: those of the implicit one where these are long enough to be heard, and those that have only this.</summary>
public static class ExplicitSample
{
    /// <summary>Their samples of the implicit label have one pixel, or no second, where no label has room.</summary>
    private static readonly string[] TooSmall = ["PNG", "GIF", "TIFF", "WAV"];

    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Sample.All.Where(static sample => !TooSmall.Contains(sample.Format, StringComparer.Ordinal) && ExplicitFormats.All.Any(format => string.Equals(format.Name, sample.Format, StringComparison.Ordinal))),
        .. PngPixelSamples.All,
        .. GifPixelSamples.All,
        .. TiffPixelSamples.All,
        .. BmpSamples.All,
        .. TextSamples.All,
        .. WavSamples.Heard,
    ];
}
