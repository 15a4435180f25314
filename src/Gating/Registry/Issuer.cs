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
    FrozenDictionary<AssuranceLevel, string> AcrValues);

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
