using Gating.Labels.Explicit;

namespace Gating.Labels.Tests.Samples;

/// <summary>Samples of the formats that get an explicit label: those of the implicit one where these are long enough to be heard, and those that have only this.</summary>
public static class ExplicitSample
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Sample.All.Where(static sample => sample.Format is not "WAV" && ExplicitFormats.All.Any(format => string.Equals(format.Name, sample.Format, StringComparison.Ordinal))),
        .. TextSamples.All,
        .. WavSamples.Heard,
    ];
}
