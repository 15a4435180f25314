using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gating.Identity.Jose;

/// <summary>Why a JWK (RFC 7517) cannot judge a signature here.</summary>
public enum JwkFault
{
    Malformed = 1,

    /// <summary>A key type or curve that is not used here; symmetric keys too.</summary>
    UnsupportedType = 2,

    /// <summary>The private part stands beside the public one: whoever reads it can sign, so it proves nothing.</summary>
    PrivateMember = 3,

    /// <summary><c>use</c>, <c>key_ops</c> or <c>alg</c> says that it is for something else.</summary>
    OtherUse = 4,

    /// <summary>RSA below 2048 bits, an exponent that is no exponent, or a modulus with the fingerprint of the flawed generator of CVE-2017-15361.</summary>
    TooWeak = 5,
}

/// <summary>One JSON Web Key, read into a <see cref="VerificationKey"/> that fits exactly what the key says of itself.</summary>
public static class Jwk
{
    public const int MinRsaBits = 2048;
    public const int MaxRsaBits = 8192;
    private const int MaxExponentBytes = 4;
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static JwkFault? Read(JsonElement jwk, out VerificationKey key)
    {
        key = null!;
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "kty") is not { } type)
        {
            return JwkFault.Malformed;
        }

        if (type is not ("EC" or "RSA"))
        {
            return JwkFault.UnsupportedType;
        }

        if (Array.Exists(PrivateMembers, name => jwk.TryGetProperty(name, out _)))
        {
            return JwkFault.PrivateMember;
        }

        if (!IsForVerifying(jwk) || !TryKeyId(jwk, out var keyId))
        {
            return JwkFault.OtherUse;
        }

        return type is "EC" ? ReadEc(jwk, keyId, out key) : ReadRsa(jwk, keyId, out key);
    }

    /// <summary>The key's <c>kid</c>, where it has a usable one.</summary>
    public static string? KeyIdOf(JsonElement jwk) => jwk.ValueKind == JsonValueKind.Object ? Text(jwk, "kid") : null;

    internal static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JwkFault? ReadEc(JsonElement jwk, string? keyId, out VerificationKey key)
    {
        key = null!;
        if (SigningAlgorithms.OfCurve(Text(jwk, "crv")) is not var (algorithm, curve, fieldBytes))
        {
            return JwkFault.UnsupportedType;
        }

        var x = Bytes(jwk, "x");
        var y = Bytes(jwk, "y");
        if (x?.Length != fieldBytes || y?.Length != fieldBytes)
        {
            return JwkFault.Malformed;
        }

        if (Narrow(jwk, 1 << (int)algorithm) == 0)
        {
            return JwkFault.OtherUse;
        }

        try
        {
            // The import refuses a point that is not on the curve.
            key = VerificationKey.Ec(keyId, JwkThumbprint.Of(jwk), new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } }, algorithm, fieldBytes);
            return null;
        }
        catch (CryptographicException)
        {
            return JwkFault.Malformed;
        }
    }

    private static JwkFault? ReadRsa(JsonElement jwk, string? keyId, out VerificationKey key)
    {
        key = null!;
        if (Bytes(jwk, "n") is not { } n || Bytes(jwk, "e") is not { } e)
        {
            return JwkFault.Malformed;
        }

        // Some providers write the sign byte of their big-integer type in front.
        var modulus = n.AsSpan().TrimStart((byte)0).ToArray();
        var exponent = e.AsSpan().TrimStart((byte)0).ToArray();
        var number = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        if (number.GetBitLength() is < MinRsaBits or > MaxRsaBits || number.IsEven
            || exponent.Length is 0 or > MaxExponentBytes || (exponent[^1] & 1) == 0 || exponent is [1]
            || RocaFingerprint.Matches(number))
        {
            return JwkFault.TooWeak;
        }

        var fitting = Narrow(jwk, SigningAlgorithms.AnyRsa);
        if (fitting == 0)
        {
            return JwkFault.OtherUse;
        }

        key = VerificationKey.Rsa(keyId, JwkThumbprint.OfRsa(Base64Url.EncodeToString(modulus), Base64Url.EncodeToString(exponent)), new RSAParameters { Modulus = modulus, Exponent = exponent }, fitting);
        return null;
    }

    private static bool IsForVerifying(JsonElement jwk)
    {
        if (jwk.TryGetProperty("use", out var use) && !(use.ValueKind == JsonValueKind.String && use.ValueEquals("sig")))
        {
            return false;
        }

        return !jwk.TryGetProperty("key_ops", out var operations)
            || (operations.ValueKind == JsonValueKind.Array
                && operations.EnumerateArray().Any(operation => operation.ValueKind == JsonValueKind.String && operation.ValueEquals("verify")));
    }

    private static bool TryKeyId(JsonElement jwk, out string? keyId)
    {
        keyId = Text(jwk, "kid");
        return keyId is { Length: > 0 and <= CompactJws.MaxKeyIdCharacters } || (keyId is null && !jwk.TryGetProperty("kid", out _));
    }

    // A key that names its algorithm (RFC 7517 section 4.4) is for that one alone.
    private static int Narrow(JsonElement jwk, int possible)
    {
        if (!jwk.TryGetProperty("alg", out var named))
        {
            return possible;
        }

        return named.ValueKind == JsonValueKind.String && SigningAlgorithms.Parse(named.GetString()!) is { } algorithm
            ? possible & (1 << (int)algorithm)
            : 0;
    }

    private static byte[]? Bytes(JsonElement jwk, string name) => Text(jwk, name) is { Length: > 0 } text ? StrictBase64Url.Decode(text) : null;
}
