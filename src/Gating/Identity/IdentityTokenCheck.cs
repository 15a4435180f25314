using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Identity;

/// <summary>A token with nothing wrong, its payload and when it was looked at; or the <paramref name="Fault"/>, and then nothing else.</summary>
internal readonly record struct CheckedToken(IdentityOutcome? Fault, JsonDocument? Payload, IdentityClaims Claims, DateTimeOffset At) : IDisposable
{
    /// <summary>Thumbprint of the key that signed it.</summary>
    public string? SignedWith { get; init; }

    public void Dispose() => Payload?.Dispose();
}

/// <summary>Everything that is asked of an identity token, whoever it is shown to: form, issuer, algorithm, audience, times, and the signature last.</summary>
internal sealed class IdentityTokenCheck(IssuerKeys keys, TimeProvider time)
{
    /// <param name="allowed">Per issuer, the only <c>aud</c> values that are for us.</param>
    public async ValueTask<CheckedToken> RunAsync(
        string token, IReadOnlyDictionary<string, ImmutableArray<string>> allowed, FrozenDictionary<string, Issuer> issuers, CancellationToken cancellation)
    {
        if (CompactJws.Parse(token, out var jws) is { } fault)
        {
            return Refuse(Refusal(fault));
        }

        if (!StrictJson.TryParseObject(jws.Payload, Claims.MaxPayloadDepth, out var payload))
        {
            return Refuse(IdentityRefusal.Malformed);
        }

        var now = time.GetUtcNow();
        IdentityClaims claims;
        try
        {
            if (IdentityClaims.Check(jws, payload.RootElement, allowed, issuers, now, out claims) is { } refusal)
            {
                payload.Dispose();
                return Refuse(refusal);
            }

            // Last, since it alone can cost a fetch: only a token with nothing else wrong makes the gate ask a provider.
            var (unsigned, key) = await CheckSignatureAsync(jws, claims, cancellation);
            if (unsigned is null)
            {
                return new(null, payload, claims, now) { SignedWith = key };
            }

            payload.Dispose();
            return new(unsigned, null, default, default);
        }
        catch
        {
            payload.Dispose();
            throw;
        }
    }

    /// <summary>What is wrong, or the thumbprint of the key that signed it.</summary>
    private async ValueTask<(IdentityOutcome? Fault, string? Key)> CheckSignatureAsync(CompactJws jws, IdentityClaims claims, CancellationToken cancellation)
    {
        var answer = await keys.FindAsync(claims.Issuer, jws.Header.KeyId, claims.Algorithm, cancellation);
        switch (answer.Status)
        {
            case KeyStatus.Unavailable:
                return (IdentityOutcome.Unavailable.Instance, null);
            case KeyStatus.Unknown:
                return Fault(IdentityRefusal.UnknownKey);
            case KeyStatus.Unfit:
                return Fault(IdentityRefusal.UnfitKey);
            case KeyStatus.Ambiguous:
                return Fault(IdentityRefusal.AmbiguousKey);
            case KeyStatus.Found:
            default:
                break;
        }

        var key = answer.Key!;
        if (!jws.IsSignedBy(key, claims.Algorithm))
        {
            if (await keys.FindReplacementAsync(claims.Issuer, key, claims.Algorithm, cancellation) is not { } replacement || !jws.IsSignedBy(replacement, claims.Algorithm))
            {
                return Fault(IdentityRefusal.BadSignature);
            }

            key = replacement;
        }

        return claims.Issuer.StoppedKeys.Contains(key.Thumbprint) ? Fault(IdentityRefusal.KeyStopped) : (null, key.Thumbprint);
    }

    private static (IdentityOutcome? Fault, string? Key) Fault(IdentityRefusal reason) => (new IdentityOutcome.Refused(reason), null);

    private static IdentityRefusal Refusal(JwsFault fault) => fault switch
    {
        JwsFault.TooLarge => IdentityRefusal.TooLarge,
        JwsFault.Malformed => IdentityRefusal.Malformed,
        JwsFault.ExtensionNotSupported => IdentityRefusal.ExtensionNotSupported,
        JwsFault.BringsOwnKey => IdentityRefusal.BringsOwnKey,
    };

    private static CheckedToken Refuse(IdentityRefusal reason) => new(new IdentityOutcome.Refused(reason), null, default, default);
}
