namespace Gating.Labels;

/// <summary>What a label says (GB 45438-2025 Annex E, member <c>Label</c>).</summary>
public enum LabelKind
{
    /// <summary><c>"1"</c>: made by AI. What a generating service writes.</summary>
    Generated = 1,

    /// <summary><c>"2"</c>: possibly made by AI; a propagating platform's word for a user's declaration.</summary>
    Possible = 2,

    /// <summary><c>"3"</c>: suspected to be made by AI; a propagating platform's word for traces that it found.</summary>
    Suspected = 3,
}
