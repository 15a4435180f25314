using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Registry;

namespace Gating.Identity;

/// <summary>What an identity token claims, every rule but the signature checked. Believed only after the signature.</summary>
internal readonly record struct IdentityClaims(
    Issuer Issuer, SigningAlgorithm Algorithm, string Subject, DateTimeOffset? AuthenticatedAt, DateTimeOffset ExpiresAt)
{
    public const int MaxSubjectCharacters = 255;
    private const int MaxIssuerCharacters = 2048;
    private const int MaxAudienceCharacters = 2048;

    /// <param name="allowed">Per issuer, the only <c>aud</c> values that are for us.</param>
    public static IdentityRefusal? Check(
        CompactJws jws, JsonElement payload, IReadOnlyDictionary<string, ImmutableArray<string>> allowed, FrozenDictionary<string, Issuer> issuers, DateTimeOffset now, out IdentityClaims claims)
    {
        claims = default;
        if (FindIssuer(payload, issuers, out var issuer) is { } noIssuer)
        {
            return noIssuer;
        }

        if (CheckHeader(jws.Header, issuer, out var algorithm) is { } wrongHeader)
        {
            return wrongHeader;
        }

        if (Refusal(Claims.Text(payload, "sub", MaxSubjectCharacters, out var subject)) is { } noSubject)
        {
            return noSubject;
        }

        if (CheckAudience(payload, allowed, issuer) is { } wrongAudience)
        {
            return wrongAudience;
        }

        if (CheckTimes(payload, issuer, now, out var authenticatedAt, out var expiresAt) is { } wrongTime)
        {
            return wrongTime;
        }

        claims = new IdentityClaims(issuer, algorithm, subject, authenticatedAt, expiresAt);
        return null;
    }

    private static IdentityRefusal? FindIssuer(JsonElement payload, FrozenDictionary<string, Issuer> issuers, out Issuer issuer)
    {
        issuer = null!;
        if (Refusal(Claims.Text(payload, "iss", MaxIssuerCharacters, out var id)) is { } refusal)
        {
            return refusal;
        }

        // Byte for byte, whatever the dictionary compares by.
        if (!issuers.TryGetValue(id, out issuer!) || !string.Equals(issuer.Id, id, StringComparison.Ordinal))
        {
            return IdentityRefusal.UnknownIssuer;
        }

        return issuer.Status == RegistryStatus.Active ? null : IdentityRefusal.IssuerStopped;
    }

    private static IdentityRefusal? CheckHeader(JwsHeader header, Issuer issuer, out SigningAlgorithm algorithm)
    {
        var parsed = SigningAlgorithms.Parse(header.Algorithm);
        algorithm = parsed.GetValueOrDefault();
        if (parsed is null || !issuer.Algorithms.Contains(header.Algorithm))
        {
            return IdentityRefusal.AlgorithmNotAllowed;
        }

        if (header.Jwk is not null)
        {
            return IdentityRefusal.BringsOwnKey;
        }

        foreach (var type in issuer.Types)
        {
            if (string.Equals(type, header.Type, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return IdentityRefusal.WrongType;
    }

    // OpenID Connect Core 1.0 section 3.1.3.7, steps 3 to 5. Exact: no trailing slash, no prefix, no case.
    private static IdentityRefusal? CheckAudience(JsonElement payload, IReadOnlyDictionary<string, ImmutableArray<string>> allowed, Issuer issuer)
    {
        if (Refusal(Claims.Audiences(payload, out var audiences)) is { } refusal)
        {
            return refusal;
        }

        if (!allowed.TryGetValue(issuer.Id, out var clientIds)
            || !audiences.Any(audience => clientIds.Contains(audience, StringComparer.Ordinal)))
        {
            return IdentityRefusal.WrongAudience;
        }

        return Claims.Text(payload, "azp", MaxAudienceCharacters, out var authorizedParty) switch
        {
            ClaimState.Invalid => IdentityRefusal.InvalidClaim,
            ClaimState.Absent when audiences.Count == 1 => null,
            ClaimState.Present when clientIds.Contains(authorizedParty, StringComparer.Ordinal) => null,
            _ => IdentityRefusal.WrongAudience,
        };
    }

    private static IdentityRefusal? CheckTimes(
        JsonElement payload, Issuer issuer, DateTimeOffset now, out DateTimeOffset? authenticatedAt, out DateTimeOffset expiresAt)
    {
        authenticatedAt = null;
        var expiry = Claims.Time(payload, "exp", out expiresAt);
        var issue = Claims.Time(payload, "iat", out var issuedAt);
        var start = Claims.Time(payload, "nbf", out var notBefore);
        var login = Claims.Time(payload, "auth_time", out var loggedInAt);
        if (Refusal(expiry) is { } noExpiry)
        {
            return noExpiry;
        }

        if (Refusal(issue) is { } noIssue)
        {
            return noIssue;
        }

        if (start == ClaimState.Invalid || login == ClaimState.Invalid || expiresAt <= issuedAt)
        {
            return IdentityRefusal.InvalidClaim;
        }

        if (now - expiresAt >= IdentityVerifier.Skew)
        {
            return IdentityRefusal.Expired;
        }

        var latest = now + IdentityVerifier.Skew;
        if (issuedAt > latest || notBefore > latest || loggedInAt > latest)
        {
            return IdentityRefusal.NotYetValid;
        }

        authenticatedAt = login == ClaimState.Present ? loggedInAt : null;
        return expiresAt - issuedAt > issuer.MaxLifetime ? IdentityRefusal.LifetimeTooLong : null;
    }

    private static IdentityRefusal? Refusal(ClaimState state) => state switch
    {
        ClaimState.Absent => IdentityRefusal.MissingClaim,
        ClaimState.Invalid => IdentityRefusal.InvalidClaim,
        ClaimState.Present => null,
    };
}
