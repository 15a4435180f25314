using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
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
internal sealed class IdentityTokenCheck(IssuerKeys keys, VerifiedSignatures seen, TimeProvider time)
{
    /// <param name="allowed">Per issuer, the only <c>aud</c> values that are for us.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The payload goes with the answer; every other way out disposes of it.")]
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
            var (unsigned, key) = await IssuerSignature.CheckAsync(keys, seen, jws, claims.Issuer, claims.Algorithm, cancellation);
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

    private static IdentityRefusal Refusal(JwsFault fault) => fault switch
    {
        JwsFault.TooLarge => IdentityRefusal.TooLarge,
        JwsFault.Malformed => IdentityRefusal.Malformed,
        JwsFault.ExtensionNotSupported => IdentityRefusal.ExtensionNotSupported,
        JwsFault.BringsOwnKey => IdentityRefusal.BringsOwnKey,
    };

    private static CheckedToken Refuse(IdentityRefusal reason) => new(new IdentityOutcome.Refused(reason), null, default, default);
}
