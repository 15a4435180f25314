using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Registry.Reading;

/// <summary>
/// One public key of an app or a moderator (RFC 7517): P-256 for ES256, or RSA of 2048 to 8192 bits for RS256 and PS256. Private members are refused before
/// anything is stored, and never quoted. Only what verification needs is kept.
/// </summary>
internal static class JwkReader
{
    private const int MostKeys = 8;
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private enum KeyType
    {
        Ec = 1,
        Rsa = 2,
    }

    private enum Algorithm
    {
        ES256 = 1,
        RS256 = 2,
        PS256 = 3,
    }

    private static readonly Choices<KeyType> KeyTypes = new(("EC", KeyType.Ec), ("RSA", KeyType.Rsa));
    private static readonly Choices<Algorithm> EcAlgorithms = new(("ES256", Algorithm.ES256));
    private static readonly Choices<Algorithm> RsaAlgorithms = new(("RS256", Algorithm.RS256), ("PS256", Algorithm.PS256));
    private static readonly TextRule P256 = new(text => string.Equals(text, "P-256", StringComparison.Ordinal), "\"P-256\"");
    private static readonly TextRule Signature = new(text => string.Equals(text, "sig", StringComparison.Ordinal), "\"sig\"");
    private static readonly TextRule Verify = new(text => string.Equals(text, "verify", StringComparison.Ordinal), "\"verify\"");
    private static readonly TextRule Base64 = new(text => StrictBase64Url.Decode(text) is not null, "base64url without padding");
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>A key set (RFC 7517, section 5) of 1 to 8 public keys, each of an id of its own.</summary>
    public static ImmutableArray<ClientKey> ReadSet(JsonPlace place)
    {
        var keys = ImmutableArray.CreateBuilder<ClientKey>();
        foreach (var item in JsonFields.Of(place, "keys").Items("keys", 1, MostKeys))
        {
            if (Read(item) is not { } key)
            {
                continue;
            }

            if (key.KeyId.Length > 0 && keys.Any(other => string.Equals(other.KeyId, key.KeyId, StringComparison.Ordinal)))
            {
                item.Member("kid", item.Value.GetProperty("kid")).Refuse("each key id only once");
            }

            keys.Add(key);
        }

        return keys.ToImmutable();
    }

    public static ClientKey? Read(JsonPlace place)
    {
        if (RefusePrivate(place))
        {
            return null;
        }

        if (place.Value.ValueKind is not JsonValueKind.Object)
        {
            place.RefuseUnseen("a public key (JWK)");
            return null;
        }

        if (!place.Value.TryGetProperty("kty", out var kty))
        {
            place.Member("kty", default).Refuse($"a key type: {KeyTypes.Allowed}");
            return null;
        }

        return place.Member("kty", kty).Choice(KeyTypes) switch
        {
            KeyType.Ec => ReadEc(place),
            KeyType.Rsa => ReadRsa(place),
            _ => null,
        };
    }

    private static bool RefusePrivate(JsonPlace place)
    {
        var found = false;
        foreach (var name in place.Value.ValueKind is JsonValueKind.Object ? Private : [])
        {
            if (place.Value.TryGetProperty(name, out var value))
            {
                place.Member(name, value).RefuseAs("a private key", "public keys only; this one is no longer secret, replace it");
                found = true;
            }
        }

        return found;
    }

    private static ClientKey? ReadEc(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "kty", "kid", "alg", "use", "key_ops", "crv", "x", "y");
        var (id, algorithm) = ReadCommon(fields, EcAlgorithms);
        fields.Text("crv", P256);
        var x = fields.Text("x", Base64);
        var y = fields.Text("y", Base64);
        if (StrictBase64Url.Decode(x) is not { } xBytes || StrictBase64Url.Decode(y) is not { } yBytes)
        {
            return null;
        }

        if (!IsOnCurve(xBytes, yBytes))
        {
            place.RefuseAs("x and y that are no point of P-256", "32 bytes each, a point on the curve");
        }

        return new(id, algorithm, Write(writer =>
        {
            writer.WriteString("kty", "EC");
            writer.WriteString("crv", "P-256");
            writer.WriteString("x", x);
            writer.WriteString("y", y);
            writer.WriteString("kid", id);
            writer.WriteString("alg", algorithm);
        }));
    }

    private static ClientKey? ReadRsa(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "kty", "kid", "alg", "use", "key_ops", "n", "e");
        var (id, algorithm) = ReadCommon(fields, RsaAlgorithms);
        var n = fields.Text("n", Base64);
        var e = fields.Text("e", Base64);
        if (StrictBase64Url.Decode(n) is not { } modulusBytes || StrictBase64Url.Decode(e) is not { } exponentBytes)
        {
            return null;
        }

        var modulus = new BigInteger(modulusBytes, isUnsigned: true, isBigEndian: true);
        var bits = modulus.GetBitLength();
        if (bits is < MinRsaBits or > MaxRsaBits || modulus.IsEven)
        {
            fields.Place.Member("n", default).RefuseAs($"a modulus of {bits} bits", $"an odd modulus of {MinRsaBits} to {MaxRsaBits} bits");
        }

        // FIPS 186-5, section 5.1, from 65537 up; more than 32 bits would only make each verification slow.
        var exponent = new BigInteger(exponentBytes, isUnsigned: true, isBigEndian: true);
        if (exponent < 65537 || exponent > uint.MaxValue || exponent.IsEven)
        {
            fields.Place.Member("e", default).RefuseAs($"an exponent of {exponent.GetBitLength()} bits", "an odd exponent from 65537 to 32 bits (AQAB)");
        }

        return new(id, algorithm, Write(writer =>
        {
            writer.WriteString("kty", "RSA");
            writer.WriteString("n", n);
            writer.WriteString("e", e);
            writer.WriteString("kid", id);
            writer.WriteString("alg", algorithm);
        }));
    }

    private static (string Id, string Algorithm) ReadCommon(JsonFields fields, Choices<Algorithm> algorithms)
    {
        fields.OptionalText("use", Signature);
        if (fields.Optional("key_ops") is { } operations)
        {
            JsonFields.Texts(operations, 1, 1, Verify);
        }

        return (fields.Text("kid", TextRules.Ascii), fields.Choice("alg", algorithms).ToString());
    }

    private static bool IsOnCurve(byte[] x, byte[] y)
    {
        if (x.Length != 32 || y.Length != 32)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
