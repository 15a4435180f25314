using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Identity;

/// <summary>Whether an issuer signed what says it is the issuer's. To be asked last: it alone can cost a fetch.</summary>
internal static class IssuerSignature
{
    /// <summary>What is wrong, or the thumbprint of the key that signed it.</summary>
    /// <param name="seen">What may be shown more than once; of capacity 0 for what is not.</param>
    public static async ValueTask<(IdentityOutcome? Fault, string? Key)> CheckAsync(
        IssuerKeys keys, VerifiedSignatures seen, CompactJws jws, Issuer issuer, SigningAlgorithm algorithm, CancellationToken cancellation)
    {
        var answer = await keys.FindAsync(issuer, jws.Header.KeyId, algorithm, cancellation);
        switch (answer.Status)
        {
            case KeyStatus.Unavailable:
                return (IdentityOutcome.Unavailable.Instance, null);
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

        var key = answer.Key!;
        if (!seen.Verify(jws, key, algorithm))
        {
            if (await keys.FindReplacementAsync(issuer, key, algorithm, cancellation) is not { } replacement || !seen.Verify(jws, replacement, algorithm))
            {
                return Refuse(IdentityRefusal.BadSignature);
            }

            key = replacement;
        }

        return issuer.StoppedKeys.Contains(key.Thumbprint) ? Refuse(IdentityRefusal.KeyStopped) : (null, key.Thumbprint);
    }

    private static (IdentityOutcome? Fault, string? Key) Refuse(IdentityRefusal reason) => (new IdentityOutcome.Refused(reason), null);
}
