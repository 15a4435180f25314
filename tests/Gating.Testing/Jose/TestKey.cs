using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Testing.Jose;

/// <summary>A key pair that signs whatever it is given, under whatever algorithm name the header claims.</summary>
public sealed class TestKey
{
    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private TestKey(string? id, ECDsa? ec, RSA? rsa)
    {
        Id = id;
        _ec = ec;
        _rsa = rsa;
    }

    public string? Id { get; }

    /// <summary>The algorithm that the key signs with.</summary>
    public string Algorithm { get; private init; } = "";

    public static TestKey Ec(string? id, string curve = "P-256") => new(id, ECDsa.Create(curve switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => throw new ArgumentOutOfRangeException(nameof(curve)),
    }), null)
    {
        Algorithm = curve switch { "P-256" => "ES256", "P-384" => "ES384", _ => "ES512" },
    };

    public static TestKey Rsa(string? id, int bits = 2048, string algorithm = "RS256") => new(id, null, RSA.Create(bits)) { Algorithm = algorithm };

    /// <summary>The same key pair, published or signing under other words.</summary>
    public TestKey As(string? id, string? algorithm = null) => new(id, _ec, _rsa) { Algorithm = algorithm ?? Algorithm };

    /// <summary>The public JWK; <paramref name="more"/> adds or changes members.</summary>
    public string Jwk(Action<RawObject>? more = null)
    {
        var jwk = new RawObject();
        if (_ec is not null)
        {
            var point = _ec.ExportParameters(false);
            var curve = point.Q.X!.Length switch { 32 => "P-256", 48 => "P-384", _ => "P-521" };
            jwk.Text("kty", "EC").Text("crv", curve).Text("x", Encode(point.Q.X!)).Text("y", Encode(point.Q.Y!));
        }
        else
        {
            var rsa = _rsa!.ExportParameters(false);
            jwk.Text("kty", "RSA").Text("n", Encode(rsa.Modulus!)).Text("e", Encode(rsa.Exponent!));
        }

        if (Id is not null)
        {
            jwk.Text("kid", Id);
        }

        more?.Invoke(jwk);
        return jwk.ToString();
    }

    /// <summary>The private member of the key, as a careless provider would publish it.</summary>
    public string PrivateMember() => Encode(_ec?.ExportParameters(true).D ?? _rsa!.ExportParameters(true).D!);

    public byte[] Sign(ReadOnlySpan<byte> input)
    {
        var hash = Algorithm.EndsWith("256", StringComparison.Ordinal) ? HashAlgorithmName.SHA256
            : Algorithm.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384
            : HashAlgorithmName.SHA512;
        return _ec is not null
            ? _ec.SignData(input, hash)
            : _rsa!.SignData(input, hash, Algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    /// <summary>A compact JWS over exactly these two texts.</summary>
    public string Token(string header, string payload)
    {
        var input = Encode(header) + "." + Encode(payload);
        return input + "." + Encode(Sign(Encoding.ASCII.GetBytes(input)));
    }

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
