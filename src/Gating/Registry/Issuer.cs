using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Identity;

namespace Gating.Registry;

/// <summary>A trusted OpenID provider and the exact terms of the trust.</summary>
/// <param name="Id">Its identifier, compared byte for byte with <c>iss</c>.</param>
/// <param name="Discovery">Where its metadata is read: <c>{Id}/.well-known/openid-configuration</c> unless the registry says otherwise.</param>
/// <param name="Algorithms">JWS algorithms accepted from it; asymmetric only.</param>
/// <param name="Types">Accepted values of the header's <c>typ</c>, upper- and lower-case alike; the empty string accepts its absence.</param>
/// <param name="MaxLifetime">Longest accepted <c>exp - iat</c>.</param>
/// <param name="NaturalPersonClaim">A claim that the issuer is trusted to give each human exactly once; null where it is not. Where set, a token without it gets a step-up.</param>
/// <param name="AcrValues">What to ask the issuer for (<c>acr_values</c>) to reach a level.</param>
/// <param name="Roles">Whether it says who is an admin and who a regulator; null: nobody is by its word.</param>
public sealed record Issuer(
    string Id,
    string Name,
    RegistryStatus Status,
    Uri Discovery,
    FrozenSet<string> Algorithms,
    FrozenSet<string> Types,
    TimeSpan MaxLifetime,
    string? NaturalPersonClaim,
    ImmutableArray<AssuranceRule> AssuranceRules,
    FrozenDictionary<AssuranceLevel, string> AcrValues,
    RoleTrust? Roles = null)
{
    /// <summary>Thumbprints (RFC 7638) of keys that are stopped, this issuer's or anybody's.</summary>
    public FrozenSet<string> StoppedKeys { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether it is believed what it reports of its accounts; null: nothing is.</summary>
    public SignalTrust? Signals { get; init; }

    /// <summary>As whom the keys of its events are fetched and kept: apart from those of its tokens where its transmitter is another.</summary>
    internal Issuer Transmitter => Signals is { } trust ? this with { Id = trust.Transmitter, Discovery = trust.Metadata } : this;
}

/// <summary>The terms on which an issuer says who holds a role.</summary>
/// <param name="Audiences">Client ids of the desk there: the only <c>aud</c> values that a token with a role may carry, and none of them an app's.</param>
/// <param name="Claim">A text or a list of texts; what it says beside <paramref name="Admins"/> and <paramref name="Regulators"/> means nothing here.</param>
/// <param name="StrongAcr">Values of <c>acr</c> that stand for strong authentication; none: nobody can do what demands it.</param>
/// <param name="StrongWithin">How long after <c>auth_time</c> it counts as recent.</param>
public sealed record RoleTrust(
    ImmutableArray<string> Audiences,
    string Claim,
    FrozenSet<string> Admins,
    FrozenSet<string> Regulators,
    ImmutableArray<string> StrongAcr,
    TimeSpan StrongWithin);

/// <summary>
/// How an issuer's words become a level. With <paramref name="TrustFramework"/> the rule reads OpenID4IDA <c>verified_claims</c>
/// (trust framework and, if given, assurance level must match); otherwise claim <paramref name="Claim"/> must equal <paramref name="Value"/>
/// and <paramref name="TimeClaim"/> says when. The highest level of all rules that match counts. <c>acr</c> cannot be named: it is not assurance.
/// </summary>
public sealed record AssuranceRule(
    AssuranceLevel Level,
    string? Method,
    string? TrustFramework,
    string? AssuranceLevelValue,
    string? Claim,
    string? Value,
    string? TimeClaim);
