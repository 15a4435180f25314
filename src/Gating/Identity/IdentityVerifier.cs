using System.Collections.Frozen;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Identity;

/// <summary>
/// Decides whether an identity token (OpenID Connect Core 1.0 section 2) says the truth about a person to one app. Nothing is remembered of a
/// token but that its signature verified: its text is not unique (ECDSA signatures have twins), so nothing that is decided may be keyed by it.
/// </summary>
public sealed class IdentityVerifier(IssuerKeys keys, VerifiedSignatures seen, TimeProvider time)
{
    private const int MaxNaturalPersonCharacters = 255;

    /// <summary>How far clocks may disagree, on every instance alike.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly IdentityTokenCheck _check = new(keys, seen, time);

    /// <summary>
    /// Verifies <paramref name="token"/> for <paramref name="app"/>, an active app that has already proven itself. Completes synchronously while the
    /// issuer's keys are cached. <paramref name="issuers"/> is the registry's, at the version the decision rests on.
    /// </summary>
    public async ValueTask<IdentityOutcome> VerifyAsync(string token, App app, FrozenDictionary<string, Issuer> issuers, CancellationToken cancellation)
    {
        using var found = await _check.RunAsync(token, app.Audiences, issuers, cancellation);
        return found.Fault ?? Believe(found);
    }

    private static IdentityOutcome Believe(in CheckedToken token)
    {
        var (payload, claims) = (token.Payload!.RootElement, token.Claims);
        return NaturalPersonOf(payload, claims.Issuer, out var naturalPerson) is { } refusal
            ? new IdentityOutcome.Refused(refusal)
            : new IdentityOutcome.Verified(new VerifiedIdentity(
                claims.Issuer.Id,
                claims.Subject,
                naturalPerson,
                AssuranceMapping.Of(payload, claims.Issuer, token.At),
                claims.AuthenticatedAt,
                claims.ExpiresAt)
            {
                SignedWith = token.SignedWith,
            });
    }

    /// <summary>Null where the issuer is not trusted to tell humans apart.</summary>
    internal static IdentityRefusal? NaturalPersonOf(JsonElement payload, Issuer issuer, out string? naturalPerson)
    {
        naturalPerson = null;
        return issuer.NaturalPersonClaim is not { } name ? null : Claims.Text(payload, name, MaxNaturalPersonCharacters, out naturalPerson) switch
        {
            ClaimState.Absent => IdentityRefusal.NaturalPersonMissing,
            ClaimState.Invalid => IdentityRefusal.InvalidClaim,
            ClaimState.Present => null,
        };
    }
}
