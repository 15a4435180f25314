using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Ledger;

namespace Gating.Clients;

/// <summary>The public key of a proof, with its name.</summary>
/// <param name="Name">128 bits of SHA-256 over the JWK's text as it came.</param>
internal sealed record DpopKey(VerificationKey Key, string Thumbprint, Bits128 Name);

/// <summary>
/// Reads the <c>jwk</c> of proofs. Importing a point costs twice a verification (it is proved to be on the curve), and a client signs all its proofs
/// with one key: keys that signed something are remembered by the digest of their JWK's text, which fixes every answer given about it.
/// </summary>
internal static class DpopKeys
{
    private const int Remembered = 4096;
    private static readonly AgingCache<Bits128, DpopKey> Proven = new(Remembered);

    public static DpopRefusal? Read(JsonElement jwk, out DpopKey key)
    {
        var name = Digest(jwk);
        if (Proven.TryGet(name, out key))
        {
            return null;
        }

        if (Jwk.Read(jwk, out var read) is { } fault)
        {
            return fault == JwkFault.PrivateMember || Jwk.Text(jwk, "kty") is "oct" ? DpopRefusal.PrivateKey : DpopRefusal.UnfitKey;
        }

        if (!read.Fits(SigningAlgorithm.ES256))
        {
            return DpopRefusal.UnfitKey;
        }

        key = new DpopKey(read, JwkThumbprint.Of(jwk), name);
        return null;
    }

    /// <summary>Only after a signature held: made-up keys do not push out those in use.</summary>
    public static void Remember(DpopKey key)
    {
        if (!Proven.TryGet(key.Name, out _))
        {
            Proven.Set(key.Name, key);
        }
    }

    private static Bits128 Digest(JsonElement jwk)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(JsonMarshal.GetRawUtf8Value(jwk), digest);
        return Bits128.FromBytes(digest);
    }
}
