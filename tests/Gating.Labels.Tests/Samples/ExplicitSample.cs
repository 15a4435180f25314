using Gating.Labels.Explicit;

namespace Gating.Labels.Tests.Samples;

/// <summary>Samples of the formats that get an explicit label: those of the implicit one, and those that have only this.</summary>
public static class ExplicitSample
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Sample.All.Where(static sample => ExplicitFormats.All.Any(format => string.Equals(format.Name, sample.Format, StringComparison.Ordinal))),
        .. TextSamples.All,
    ];
}
