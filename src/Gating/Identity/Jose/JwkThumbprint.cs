using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gating.Identity.Jose;

/// <summary>The name of a public key by its content: SHA-256 over its required members in their canonical form (RFC 7638 section 3).</summary>
public static class JwkThumbprint
{
    /// <summary>base64url, 43 characters. The JWK must have passed <see cref="Jwk.Read"/>: its members then need no escaping.</summary>
    public static string Of(JsonElement jwk) => Member(jwk, "kty") is "EC"
        ? OfEc(Member(jwk, "crv"), Member(jwk, "x"), Member(jwk, "y"))
        : OfRsa(Member(jwk, "n"), Member(jwk, "e"));

    /// <summary>Of the point <paramref name="x"/>, <paramref name="y"/>, each base64url.</summary>
    public static string OfEc(string curve, string x, string y) => Digest($$"""{"crv":"{{curve}}","kty":"EC","x":"{{x}}","y":"{{y}}"}""");

    /// <summary>Of a modulus and an exponent, each base64url.</summary>
    public static string OfRsa(string modulus, string exponent) => Digest($$"""{"e":"{{exponent}}","kty":"RSA","n":"{{modulus}}"}""");

    private static string Digest(string canonical)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(canonical), digest);
        return Base64Url.EncodeToString(digest);
    }

    private static string Member(JsonElement jwk, string name) =>
        Jwk.Text(jwk, name) ?? throw new ArgumentException($"A JWK without {name} has no thumbprint.", nameof(jwk));
}
