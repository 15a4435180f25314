using System.Security.Cryptography;

namespace Gating.Identity.Jose;

/// <summary>The JWS algorithms (RFC 7518) that can be accepted anywhere here: asymmetric ones. <c>none</c> and HMAC have no value, so no configuration can allow them.</summary>
public enum SigningAlgorithm
{
    ES256 = 0,
    ES384 = 1,
    ES512 = 2,
    RS256 = 3,
    RS384 = 4,
    RS512 = 5,
    PS256 = 6,
    PS384 = 7,
    PS512 = 8,
}

public static class SigningAlgorithms
{
    internal const int Count = 9;

    internal const int AnyRsa =
        (1 << (int)SigningAlgorithm.RS256) | (1 << (int)SigningAlgorithm.RS384) | (1 << (int)SigningAlgorithm.RS512)
        | (1 << (int)SigningAlgorithm.PS256) | (1 << (int)SigningAlgorithm.PS384) | (1 << (int)SigningAlgorithm.PS512);

    /// <summary>Case counts: <c>es256</c> is not an algorithm.</summary>
    public static SigningAlgorithm? Parse(string name) => name switch
    {
        "ES256" => SigningAlgorithm.ES256,
        "ES384" => SigningAlgorithm.ES384,
        "ES512" => SigningAlgorithm.ES512,
        "RS256" => SigningAlgorithm.RS256,
        "RS384" => SigningAlgorithm.RS384,
        "RS512" => SigningAlgorithm.RS512,
        "PS256" => SigningAlgorithm.PS256,
        "PS384" => SigningAlgorithm.PS384,
        "PS512" => SigningAlgorithm.PS512,
        _ => null,
    };

    internal static string Name(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.ES256 => "ES256",
        SigningAlgorithm.ES384 => "ES384",
        SigningAlgorithm.ES512 => "ES512",
        SigningAlgorithm.RS256 => "RS256",
        SigningAlgorithm.RS384 => "RS384",
        SigningAlgorithm.RS512 => "RS512",
        SigningAlgorithm.PS256 => "PS256",
        SigningAlgorithm.PS384 => "PS384",
        SigningAlgorithm.PS512 => "PS512",
    };

    /// <summary>The one curve an ECDSA algorithm goes with (RFC 7518 section 3.4), the size of its coordinates in bytes; null for a curve not used here.</summary>
    internal static (SigningAlgorithm Algorithm, ECCurve Curve, int FieldBytes)? OfCurve(string? crv) => crv switch
    {
        "P-256" => (SigningAlgorithm.ES256, ECCurve.NamedCurves.nistP256, 32),
        "P-384" => (SigningAlgorithm.ES384, ECCurve.NamedCurves.nistP384, 48),
        "P-521" => (SigningAlgorithm.ES512, ECCurve.NamedCurves.nistP521, 66),
        _ => null,
    };
}
