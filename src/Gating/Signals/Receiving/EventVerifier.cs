using System.Security.Cryptography;
using System.Text;
using Gating.Identity;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Signals.Receiving;

/// <summary>What <see cref="EventVerifier"/> found.</summary>
public abstract record EventReading
{
    private EventReading()
    {
    }

    public sealed record Believed(ReportedEvent Event) : EventReading;

    public sealed record Refused(EventRefusal Reason) : EventReading;

    /// <summary>The transmitter's keys cannot be had. The event may be good: it has to come again.</summary>
    public sealed record Unavailable : EventReading;
}

/// <summary>
/// Whether a Security Event Token (RFC 8417) says what an issuer that is trusted for it reports. Nothing is remembered of one. Safe for concurrent use; the work for one that is not believed is bounded by its size, and by how seldom
/// <see cref="IssuerKeys"/> asks anybody.
/// </summary>
public sealed class EventVerifier(IssuerKeys keys, TimeProvider time)
{
    private const string Type = "secevent+jwt";
    private const int MaxIssuer = 2048;

    /// <param name="authorization">The whole value of the header that came with it; null where there was none, or more than one.</param>
    /// <param name="issuers">The registry's, at the version that the decision rests on.</param>
    public async ValueTask<EventReading> VerifyAsync(string token, string? authorization, IReadOnlyDictionary<string, Issuer> issuers, CancellationToken cancellation)
    {
        if (CompactJws.Parse(token, out var jws) is { } fault)
        {
            return new EventReading.Refused(Refusal(fault));
        }

        if (!string.Equals(jws.Header.Type, Type, StringComparison.OrdinalIgnoreCase))
        {
            return new EventReading.Refused(EventRefusal.WrongType);
        }

        if (!StrictJson.TryParseObject(jws.Payload, Claims.MaxPayloadDepth, out var document))
        {
            return new EventReading.Refused(EventRefusal.Malformed);
        }

        using (document)
        {
            if (Claims.Text(document.RootElement, "iss", MaxIssuer, out var transmitter) is not ClaimState.Present || Find(transmitter, issuers) is not { Signals: { } trust } issuer)
            {
                return new EventReading.Refused(EventRefusal.UnknownIssuer);
            }

            if (!IsAuthenticated(authorization, trust))
            {
                return new EventReading.Refused(EventRefusal.NotAuthenticated);
            }

            if (jws.Header.Jwk is not null)
            {
                return new EventReading.Refused(EventRefusal.BringsOwnKey);
            }

            if (SigningAlgorithms.Parse(jws.Header.Algorithm) is not { } algorithm || !trust.Algorithms.Contains(jws.Header.Algorithm))
            {
                return new EventReading.Refused(EventRefusal.AlgorithmNotAllowed);
            }

            if (EventClaims.Read(document.RootElement, issuer, time.GetUtcNow(), out var reported) is { } refusal)
            {
                return new EventReading.Refused(refusal);
            }

            // Last, since it alone can cost a fetch.
            var (wrong, _) = await IssuerSignature.CheckAsync(keys, VerifiedSignatures.None, jws, issuer.Transmitter, algorithm, cancellation);
            return wrong switch
            {
                null => new EventReading.Believed(reported),
                IdentityOutcome.Refused refused => new EventReading.Refused(Refusal(refused.Reason)),
                _ => new EventReading.Unavailable(),
            };
        }
    }

    private static Issuer? Find(string transmitter, IReadOnlyDictionary<string, Issuer> issuers) =>
        issuers.Values.FirstOrDefault(issuer => issuer is { Status: RegistryStatus.Active, Signals: { } trust } && string.Equals(trust.Transmitter, transmitter, StringComparison.Ordinal));

    private static bool IsAuthenticated(string? authorization, SignalTrust trust)
    {
        if (trust.SecretDigests.IsEmpty)
        {
            return true;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(authorization ?? string.Empty));
        var matches = false;
        foreach (var known in trust.SecretDigests)
        {
            matches |= CryptographicOperations.FixedTimeEquals(digest, known.Span);
        }

        return matches;
    }

    private static EventRefusal Refusal(JwsFault fault) => fault switch
    {
        JwsFault.TooLarge => EventRefusal.TooLarge,
        JwsFault.Malformed => EventRefusal.Malformed,
        JwsFault.ExtensionNotSupported => EventRefusal.ExtensionNotSupported,
        JwsFault.BringsOwnKey => EventRefusal.BringsOwnKey,
    };

    // Of the signature alone: nothing else of an identity token was asked.
    private static EventRefusal Refusal(IdentityRefusal reason) => reason switch
    {
        IdentityRefusal.UnknownKey => EventRefusal.UnknownKey,
        IdentityRefusal.UnfitKey => EventRefusal.UnfitKey,
        IdentityRefusal.AmbiguousKey => EventRefusal.AmbiguousKey,
        IdentityRefusal.KeyStopped => EventRefusal.KeyStopped,
        _ => EventRefusal.BadSignature,
    };
}
