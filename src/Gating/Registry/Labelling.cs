using System.Collections.Frozen;
using Gating.Labels;

namespace Gating.Registry;

/// <summary>What a tool does about the label that people see or hear (GB 45438-2025, clause 5).</summary>
public enum ExplicitDemand
{
    /// <summary>The app sees to it; nothing is checked.</summary>
    AppsOwn = 0,

    /// <summary>The file has one, as far as can be seen here, or the app declares that it has.</summary>
    Demanded = 1,

    /// <summary>The gate puts one on where the file has none; a format for which it cannot is refused.</summary>
    Applied = 2,
}

/// <summary>How the outputs of a tool are labelled and kept.</summary>
/// <param name="Provider">The provider's code, <c>ContentProducer</c> of every label.</param>
/// <param name="System">Name of the generating system, into the file where the format has room for it.</param>
/// <param name="MediaTypes">What the tool may produce, by content.</param>
/// <param name="MaxBytes">Of one output, before it is labelled.</param>
/// <param name="Retention">At least <see cref="LeastRetention"/>.</param>
/// <param name="AllowsUnlabelled">Outputs may be released without the label that people see, by apps that may (Labelling Measures Art. 9).</param>
public sealed record Labelling(
    ProviderCode Provider,
    string System,
    string? SystemVersion,
    ContentSource Source,
    ExplicitDemand Explicit,
    FrozenSet<string> MediaTypes,
    long MaxBytes,
    TimeSpan Retention,
    bool AllowsUnlabelled)
{
    /// <summary>Six calendar months have at most 184 days (Labelling Measures Art. 9; Cybersecurity Law Art. 23).</summary>
    public static readonly TimeSpan LeastRetention = TimeSpan.FromDays(184);
}
