using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Grants;

/// <summary>A signing key is missing or is not what it must be. The message never holds key material.</summary>
public sealed class SigningKeyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The ES256 keys of grants: one that signs, one that will (published ahead, so that verifiers have it before the first grant under it), and one that did
/// (published until its last grant has expired).
/// </summary>
public sealed class SigningKeyRing
{
    private SigningKeyRing(SigningKey current, ImmutableArray<SigningKey> published) => (Current, Published) = (current, published);

    public SigningKey Current { get; }

    /// <summary>Current, next and previous, as far as there are any.</summary>
    public ImmutableArray<SigningKey> Published { get; }

    /// <summary>Reads PKCS#8 or SEC1 PEM of P-256 private keys; <paramref name="next"/> and <paramref name="previous"/> may be null. A previous key may be public only.</summary>
    public static SigningKeyRing FromPem(string current, string? next, string? previous)
    {
        var keys = ImmutableArray.CreateBuilder<SigningKey>();
        keys.Add(SigningKey.FromPem("current", current, mustSign: true));
        Add(keys, "next", next, mustSign: true);
        Add(keys, "previous", previous, mustSign: false);
        return new(keys[0], keys.ToImmutable());
    }

    /// <summary>The member <c>keys</c> of a JWK Set (RFC 7517).</summary>
    public void WriteKeys(Utf8JsonWriter json)
    {
        json.WriteStartArray("keys"u8);
        foreach (var key in Published)
        {
            json.WriteStartObject();
            json.WriteString("kty"u8, "EC"u8);
            json.WriteString("crv"u8, "P-256"u8);
            json.WriteString("x"u8, key.X);
            json.WriteString("y"u8, key.Y);
            json.WriteString("use"u8, "sig"u8);
            json.WriteString("alg"u8, "ES256"u8);
            json.WriteString("kid"u8, key.KeyId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Add(ImmutableArray<SigningKey>.Builder keys, string role, string? pem, bool mustSign)
    {
        if (string.IsNullOrWhiteSpace(pem))
        {
            return;
        }

        var key = SigningKey.FromPem(role, pem, mustSign);
        if (keys.Any(other => string.Equals(other.KeyId, key.KeyId, StringComparison.Ordinal)))
        {
            throw new SigningKeyException($"The {role} grant key is the same as another one: a rotation needs a new key.");
        }

        keys.Add(key);
    }
}

/// <summary>One P-256 key. Its <c>kid</c> is its RFC 7638 thumbprint. Safe for concurrent use.</summary>
public sealed class SigningKey
{
    private readonly ConcurrentBag<ECDsa> _idle = [];
    private readonly ECParameters _parameters;

    private SigningKey(ECParameters parameters)
    {
        _parameters = parameters;
        X = Base64Url.EncodeToString(parameters.Q.X);
        Y = Base64Url.EncodeToString(parameters.Q.Y);
        KeyId = JwkThumbprint.OfEc("P-256", X, Y);
    }

    public string KeyId { get; }

    /// <summary>The public point's coordinates, base64url.</summary>
    public string X { get; }

    public string Y { get; }

    /// <summary>ES256 over <paramref name="data"/>: 64 bytes, r ‖ s (RFC 7518 3.4).</summary>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        // One instance per concurrent signer: the platform's key objects do not promise to be shared.
        if (!_idle.TryTake(out var key))
        {
            key = ECDsa.Create(_parameters);
        }

        if (!key.TrySignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _))
        {
            throw new CryptographicException("An ES256 signature did not fit its 64 bytes.");
        }

        _idle.Add(key);
    }

    internal VerificationKey ToVerificationKey() => VerificationKey.Ec(KeyId, KeyId, new ECParameters { Curve = _parameters.Curve, Q = _parameters.Q }, SigningAlgorithm.ES256, fieldBytes: 32);

    internal static SigningKey FromPem(string role, string pem, bool mustSign)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            var parameters = key.ExportParameters(mustSign);
            if (parameters.Curve.Oid?.Value is not "1.2.840.10045.3.1.7" && parameters.Curve.Oid?.FriendlyName is not ("nistP256" or "ECDSA_P256"))
            {
                throw new SigningKeyException($"The {role} grant key is not on P-256.");
            }

            return new(parameters);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw new SigningKeyException($"The {role} grant key is not a P-256 {(mustSign ? "private key" : "key")} in PEM.", error);
        }
    }
}
