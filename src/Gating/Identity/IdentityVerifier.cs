using System.Collections.Frozen;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Identity;

/// <summary>
/// Decides whether an identity token (OpenID Connect Core 1.0 section 2) says the truth about a person to one app. Nothing is remembered of a
/// token: its text is not unique (ECDSA signatures have twins), so nothing may be keyed by it.
/// </summary>
public sealed class IdentityVerifier(IssuerKeys keys, TimeProvider time)
{
    private const int MaxNaturalPersonCharacters = 255;

    /// <summary>How far clocks may disagree, on every instance alike.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Verifies <paramref name="token"/> for <paramref name="app"/>, an active app that has already proven itself. Completes synchronously while the
    /// issuer's keys are cached. <paramref name="issuers"/> is the registry's, at the version the decision rests on.
    /// </summary>
    public async ValueTask<IdentityOutcome> VerifyAsync(string token, App app, FrozenDictionary<string, Issuer> issuers, CancellationToken cancellation)
    {
        if (CompactJws.Parse(token, out var jws) is { } fault)
        {
            return Refuse(Refusal(fault));
        }

        if (!StrictJson.TryParseObject(jws.Payload, Claims.MaxPayloadDepth, out var payload))
        {
            return Refuse(IdentityRefusal.Malformed);
        }

        using (payload)
        {
            var now = time.GetUtcNow();
            if (IdentityClaims.Check(jws, payload.RootElement, app, issuers, now, out var claims) is { } refusal)
            {
                return Refuse(refusal);
            }

            // Last, since it alone can cost a fetch: only a token with nothing else wrong makes the gate ask a provider.
            return await CheckSignatureAsync(jws, claims, cancellation) ?? Believe(payload.RootElement, claims, now);
        }
    }

    private async ValueTask<IdentityOutcome?> CheckSignatureAsync(CompactJws jws, IdentityClaims claims, CancellationToken cancellation)
    {
        var answer = await keys.FindAsync(claims.Issuer, jws.Header.KeyId, claims.Algorithm, cancellation);
        switch (answer.Status)
        {
            case KeyStatus.Unavailable:
                return IdentityOutcome.Unavailable.Instance;
            case KeyStatus.Unknown:
                return Refuse(IdentityRefusal.UnknownKey);
            case KeyStatus.Unfit:
                return Refuse(IdentityRefusal.UnfitKey);
            case KeyStatus.Ambiguous:
                return Refuse(IdentityRefusal.AmbiguousKey);
            case KeyStatus.Found:
            default:
                break;
        }

        if (jws.IsSignedBy(answer.Key!, claims.Algorithm))
        {
            return null;
        }

        var replacement = await keys.FindReplacementAsync(claims.Issuer, answer.Key!, claims.Algorithm, cancellation);
        return replacement is not null && jws.IsSignedBy(replacement, claims.Algorithm) ? null : Refuse(IdentityRefusal.BadSignature);
    }

    private static IdentityOutcome Believe(JsonElement payload, IdentityClaims claims, DateTimeOffset now)
    {
        string? naturalPerson = null;
        if (claims.Issuer.NaturalPersonClaim is { } name)
        {
            switch (Claims.Text(payload, name, MaxNaturalPersonCharacters, out naturalPerson))
            {
                case ClaimState.Absent:
                    return Refuse(IdentityRefusal.NaturalPersonMissing);
                case ClaimState.Invalid:
                    return Refuse(IdentityRefusal.InvalidClaim);
                case ClaimState.Present:
                default:
                    break;
            }
        }

        return new IdentityOutcome.Verified(new VerifiedIdentity(
            claims.Issuer.Id,
            claims.Subject,
            naturalPerson,
            AssuranceMapping.Of(payload, claims.Issuer, now),
            claims.AuthenticatedAt,
            claims.ExpiresAt));
    }

    private static IdentityRefusal Refusal(JwsFault fault) => fault switch
    {
        JwsFault.TooLarge => IdentityRefusal.TooLarge,
        JwsFault.Malformed => IdentityRefusal.Malformed,
        JwsFault.ExtensionNotSupported => IdentityRefusal.ExtensionNotSupported,
        JwsFault.BringsOwnKey => IdentityRefusal.BringsOwnKey,
    };

    private static IdentityOutcome.Refused Refuse(IdentityRefusal reason) => new(reason);
}
