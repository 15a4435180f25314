using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Grants;
using Gating.Identity.Jose;

namespace Gating.Signals;

/// <summary>
/// The RSA keys of Security Event Tokens: one that signs, and one that did, published on. RS256, because the CAEP interoperability profile demands it (section 2.6); grants are never signed with these. Safe for concurrent use.
/// </summary>
public sealed class SignalKeys
{
    private const int LeastBits = 2048;
    private const string Type = "secevent+jwt";

    private readonly ConcurrentBag<RSA> _idle = [];
    private readonly RSAParameters _current;
    private readonly byte[] _head;

    private SignalKeys(RSAParameters current, ImmutableArray<PublicKey> published)
    {
        (_current, Published) = (current, published);
        _head = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"typ":"{{Type}}","alg":"RS256","kid":"{{published[0].KeyId}}"}""")) + ".");
    }

    private ImmutableArray<PublicKey> Published { get; }

    /// <summary>Reads PEM of RSA keys of 2048 bits or more. Throws <see cref="SigningKeyException"/> with one sentence.</summary>
    /// <param name="previous">May be null, or public only.</param>
    public static SignalKeys FromPem(string current, string? previous)
    {
        var signs = Read("current", current, mustSign: true);
        return new(signs, previous is null ? [PublicKey.Of(signs)] : [PublicKey.Of(signs), PublicKey.Of(Read("previous", previous, mustSign: false))]);
    }

    /// <summary>A Security Event Token in compact form (RFC 8417), ASCII. The same claims under the same key are the same token.</summary>
    public byte[] Sign(SecurityEvent signal)
    {
        if (!_idle.TryTake(out var key))
        {
            key = RSA.Create(_current);
        }

        var claims = signal.Claims.Span;
        var signed = _head.Length + Base64Url.GetEncodedLength(claims.Length);
        var token = new byte[signed + 1 + Base64Url.GetEncodedLength(key.KeySize / 8)];
        _head.CopyTo(token, 0);
        Base64Url.EncodeToUtf8(claims, token.AsSpan(_head.Length));
        var signature = key.SignData(token.AsSpan(0, signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        token[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signed + 1));
        _idle.Add(key);
        return token;
    }

    /// <summary>The member <c>keys</c> of a JWK Set (RFC 7517).</summary>
    public void WriteKeys(Utf8JsonWriter json)
    {
        json.WriteStartArray("keys"u8);
        foreach (var key in Published)
        {
            json.WriteStartObject();
            json.WriteString("kty"u8, "RSA"u8);
            json.WriteString("n"u8, key.Modulus);
            json.WriteString("e"u8, key.Exponent);
            json.WriteString("use"u8, "sig"u8);
            json.WriteString("alg"u8, "RS256"u8);
            json.WriteString("kid"u8, key.KeyId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static RSAParameters Read(string role, string pem, bool mustSign)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return key.KeySize >= LeastBits ? key.ExportParameters(mustSign) : throw new SigningKeyException($"The {role} signals key has {key.KeySize} bits, not {LeastBits} or more.");
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw new SigningKeyException($"The {role} signals key is not an RSA {(mustSign ? "private key" : "key")} in PEM.", error);
        }
    }

    private sealed record PublicKey(string KeyId, string Modulus, string Exponent)
    {
        public static PublicKey Of(RSAParameters key)
        {
            var (modulus, exponent) = (Base64Url.EncodeToString(key.Modulus), Base64Url.EncodeToString(key.Exponent));
            return new(JwkThumbprint.OfRsa(modulus, exponent), modulus, exponent);
        }
    }
}
