using System.Collections.Immutable;
using System.Text.Json;

namespace Gating.Identity.Jose;

public enum KeyMatch
{
    Found = 1,

    /// <summary>No key of that id (or, for a token without one, no key that fits): a newer set may have it.</summary>
    Unknown = 2,

    /// <summary>The id is there, but its key is of another type, use or algorithm, or too weak.</summary>
    Unfit = 3,

    /// <summary>Several keys could be meant; guessing would let the sender choose.</summary>
    Ambiguous = 4,
}

/// <summary>The public keys of one party, immutable.</summary>
/// <param name="Keys">Those that can verify something.</param>
/// <param name="UnfitIds">Ids of those that cannot, so that a token under one of them is not taken for news.</param>
public sealed record KeySet(ImmutableArray<VerificationKey> Keys, ImmutableArray<string> UnfitIds)
{
    /// <summary>Reads a JWK Set (RFC 7517 section 5), passing over keys that cannot be used; null where it is none.</summary>
    public static KeySet? Read(JsonElement set)
    {
        if (set.ValueKind != JsonValueKind.Object || !set.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return Read(keys.EnumerateArray());
    }

    public static KeySet Read(IEnumerable<JsonElement> jwks)
    {
        var usable = ImmutableArray.CreateBuilder<VerificationKey>();
        var unfit = ImmutableArray.CreateBuilder<string>();
        foreach (var jwk in jwks)
        {
            if (Jwk.Read(jwk, out var key) is null)
            {
                usable.Add(key);
            }
            else if (Jwk.KeyIdOf(jwk) is { } keyId)
            {
                unfit.Add(keyId);
            }
        }

        return new KeySet(usable.DrainToImmutable(), unfit.DrainToImmutable());
    }

    public KeyMatch Find(string? keyId, SigningAlgorithm algorithm, out VerificationKey key)
    {
        key = null!;
        var known = keyId is not null && UnfitIds.Contains(keyId, StringComparer.Ordinal);
        foreach (var candidate in Keys)
        {
            if (keyId is not null && !string.Equals(candidate.KeyId, keyId, StringComparison.Ordinal))
            {
                continue;
            }

            known |= keyId is not null;
            if (candidate.Fits(algorithm))
            {
                if (key is not null)
                {
                    return KeyMatch.Ambiguous;
                }

                key = candidate;
            }
        }

        return key is not null ? KeyMatch.Found : known ? KeyMatch.Unfit : KeyMatch.Unknown;
    }
}
