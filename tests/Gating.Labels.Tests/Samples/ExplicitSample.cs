using Gating.Labels.Explicit;

namespace Gating.Labels.Tests.Samples;

/// <summary>Samples of the formats that get an explicit label: those of the implicit one, and those that have only this.</summary>
public static class ExplicitSample
{
    /// <summary>Their samples of the implicit label have one pixel, where no label has room.</summary>
    private static readonly string[] Pictures = ["PNG", "GIF", "TIFF"];

    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Sample.All.Where(static sample => !Pictures.Contains(sample.Format, StringComparer.Ordinal) && ExplicitFormats.All.Any(format => string.Equals(format.Name, sample.Format, StringComparison.Ordinal))),
        .. PngPixelSamples.All,
        .. GifPixelSamples.All,
        .. TiffPixelSamples.All,
        .. BmpSamples.All,
        .. TextSamples.All,
    ];
}
