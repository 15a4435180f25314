using Gating.Labels.Security;

namespace Gating.Labels;

/// <summary>How the content came to be (IPTC digital source type).</summary>
public enum ContentSource
{
    /// <summary>Wholly generated: <c>trainedAlgorithmicMedia</c>.</summary>
    Generated = 1,

    /// <summary>Something real, changed by generative AI: <c>compositeWithTrainedAlgorithmicMedia</c>.</summary>
    Edited = 2,
}

/// <summary>Everything that is written into a file: the label, and beside it what California's latent disclosure and the EU's machine-readable mark ask for.</summary>
/// <param name="System">Name of the generating system (SB 942, 22757.3 b 1 B), at most 256 characters; null: not said.</param>
/// <param name="SystemVersion">At most 256 characters; null: not said.</param>
/// <param name="CreatedAt">Written in UTC to the second.</param>
public sealed record LabelContent(Label Label, ContentSource Source, string? System, string? SystemVersion, DateTimeOffset CreatedAt)
{
    /// <summary>Signs number and file; what it returns takes the place of the reserved code that <see cref="Label"/> brings for us. Null: that code stays.</summary>
    public LabelSignature? Signature { get; init; }
}
