using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gating.Identity.Jose;

/// <summary>The name of a public key by its content: SHA-256 over its required members in their canonical form (RFC 7638 section 3).</summary>
public static class JwkThumbprint
{
    /// <summary>base64url, 43 characters. The JWK must have passed <see cref="Jwk.Read"/>: its members then need no escaping.</summary>
    public static string Of(JsonElement jwk)
    {
        var canonical = Member(jwk, "kty") is "EC"
            ? $$"""{"crv":"{{Member(jwk, "crv")}}","kty":"EC","x":"{{Member(jwk, "x")}}","y":"{{Member(jwk, "y")}}"}"""
            : $$"""{"e":"{{Member(jwk, "e")}}","kty":"RSA","n":"{{Member(jwk, "n")}}"}""";
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(canonical), digest);
        return Base64Url.EncodeToString(digest);
    }

    private static string Member(JsonElement jwk, string name) =>
        Jwk.Text(jwk, name) ?? throw new ArgumentException($"A JWK without {name} has no thumbprint.", nameof(jwk));
}
