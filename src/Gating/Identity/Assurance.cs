namespace Gating.Identity;

/// <summary>How well the person (not the log-in) was proven. The words are eIDAS's; issuers' own words are mapped by the registry.</summary>
public enum AssuranceLevel
{
    None = 0,
    Low = 1,
    Substantial = 2,
    High = 3,
}

/// <summary>What is known of a person's proof of identity.</summary>
/// <param name="Method">The issuer's word for how (a trust framework, an evidence type); null where it did not say.</param>
/// <param name="VerifiedAt">When the person was proven; null where the issuer did not say, and then it is never fresh enough for a tool that asks.</param>
public sealed record Assurance(AssuranceLevel Level, string? Method, DateTimeOffset? VerifiedAt)
{
    public static Assurance None { get; } = new(AssuranceLevel.None, null, null);
}
