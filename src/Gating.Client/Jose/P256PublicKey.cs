using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gating.Client.Jose;

/// <summary>A public key on P-256, for ES256 (RFC 7518, 3.4). Safe for concurrent use.</summary>
internal sealed class P256PublicKey
{
    private const int FieldBytes = 32;

    private readonly ConcurrentBag<ECDsa> _idle = [];
    private readonly ECParameters _parameters;

    private P256PublicKey(ECParameters parameters, string thumbprint) => (_parameters, Thumbprint) = (parameters, thumbprint);

    /// <summary>RFC 7638, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>Null for what is no such key: another kind or curve, a point that is not on it, or one that brings its private half (RFC 9449, 4.3).</summary>
    public static P256PublicKey? Read(JsonElement jwk)
    {
        if (jwk.ValueKind is not JsonValueKind.Object || jwk.Text("kty") is not "EC" || jwk.Text("crv") is not "P-256" || jwk.TryGetProperty("d", out _)
            || (jwk.TryGetProperty("alg", out _) && jwk.Text("alg") is not "ES256") || (jwk.TryGetProperty("use", out _) && jwk.Text("use") is not "sig")
            || jwk.Text("x") is not { } x || jwk.Text("y") is not { } y
            || CompactToken.Decode(x) is not { Length: FieldBytes } left || CompactToken.Decode(y) is not { Length: FieldBytes } right)
        {
            return null;
        }

        var key = new P256PublicKey(new() { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = left, Y = right } }, ThumbprintOf(x, y));
        try
        {
            key._idle.Add(ECDsa.Create(key._parameters));
            return key;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static string ThumbprintOf(string x, string y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // One object for each that verifies at once: the platform does not promise that one can be shared.
        if (!_idle.TryTake(out var key))
        {
            key = ECDsa.Create(_parameters);
        }

        var holds = signature.Length == 2 * FieldBytes && key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _idle.Add(key);
        return holds;
    }
}
