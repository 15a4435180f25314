using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Client.Jose;

/// <summary>What an app signs for one request: each has an id of its own and may be presented once.</summary>
internal static class SignedByApp
{
    private const int IdBytes = 16;

    /// <summary>The gate takes an assertion that lives no longer.</summary>
    private const int AssertionSeconds = 60;

    /// <summary>A DPoP proof (RFC 9449, 4.2).</summary>
    /// <param name="target">Its query and fragment are left out.</param>
    /// <param name="accessToken">The grant that it accompanies; null at the token endpoint.</param>
    public static string Proof(Es256Key key, string method, Uri target, string? accessToken, DateTimeOffset now) => key.Sign(
        JsonText.Object(key, static (json, key) =>
        {
            json.WriteString("typ"u8, "dpop+jwt"u8);
            json.WriteString("alg"u8, "ES256"u8);
            json.WriteStartObject("jwk"u8);
            json.WriteString("kty"u8, "EC"u8);
            json.WriteString("crv"u8, "P-256"u8);
            json.WriteString("x"u8, key.X);
            json.WriteString("y"u8, key.Y);
            json.WriteEndObject();
        }),
        JsonText.Object((method, target, accessToken, now), static (json, state) =>
        {
            json.WriteString("jti"u8, NewId());
            json.WriteString("htm"u8, state.method);
            json.WriteString("htu"u8, state.target.GetLeftPart(UriPartial.Path));
            json.WriteNumber("iat"u8, state.now.ToUnixTimeSeconds());
            json.WriteOptional("ath", state.accessToken is { } token ? HashOf(token) : null);
        }));

    /// <summary><c>ath</c> (RFC 9449, 4.1): SHA-256 of the token's text, base64url.</summary>
    public static string HashOf(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(accessToken)));

    /// <summary><c>private_key_jwt</c> (RFC 7523, 3), with the gate's identifier as its only audience.</summary>
    public static string Assertion(Es256Key key, string clientId, string issuer, DateTimeOffset now) => key.Sign(
        JsonText.Object(key, static (json, key) =>
        {
            json.WriteString("typ"u8, "client-authentication+jwt"u8);
            json.WriteString("alg"u8, "ES256"u8);
            json.WriteString("kid"u8, key.KeyId);
        }),
        JsonText.Object((clientId, issuer, now), static (json, state) =>
        {
            json.WriteString("iss"u8, state.clientId);
            json.WriteString("sub"u8, state.clientId);
            json.WriteString("aud"u8, state.issuer);
            json.WriteString("jti"u8, NewId());
            json.WriteNumber("iat"u8, state.now.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, state.now.ToUnixTimeSeconds() + AssertionSeconds);
        }));

    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
}
