using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>
/// A P-256 key pair of an app's, which signs DPoP proofs (RFC 9449) or client assertions (RFC 7523) with ES256. Use one for each of the two. Safe for concurrent use; whoever made it disposes it.
/// </summary>
public sealed class Es256Key : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ECDsa _key;

    private Es256Key(ECParameters pair, string? keyId)
    {
        _key = ECDsa.Create(pair);
        (X, Y) = (Base64Url.EncodeToString(pair.Q.X), Base64Url.EncodeToString(pair.Q.Y));
        CryptographicOperations.ZeroMemory(pair.D);
        Thumbprint = P256PublicKey.ThumbprintOf(X, Y);
        KeyId = keyId ?? Thumbprint;
    }

    /// <summary>The <c>kid</c> of client assertions: what the app's row in the gate's registry calls this key.</summary>
    public string KeyId { get; }

    /// <summary>RFC 7638, base64url: a bound grant's <c>cnf.jkt</c>.</summary>
    public string Thumbprint { get; }

    /// <summary>The public half as JSON (RFC 7517), as a registry takes it.</summary>
    public string PublicJwk => $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","kid":"{{KeyId}}","use":"sig","alg":"ES256"}""";

    internal string X { get; }

    internal string Y { get; }

    /// <summary>A new pair, which is gone with the process: grants bound to it are of no use afterwards.</summary>
    public static Es256Key Create()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(made.ExportParameters(includePrivateParameters: true), keyId: null);
    }

    /// <summary>Throws <see cref="ArgumentException"/> for what is no private key on P-256 in PEM (RFC 7468).</summary>
    /// <param name="pem">PKCS#8 or SEC 1, not encrypted.</param>
    /// <param name="keyId">1 to 64 plain characters; null for the thumbprint.</param>
    public static Es256Key FromPem(string pem, string? keyId = null)
    {
        using var key = ECDsa.Create();
        ECParameters read;
        try
        {
            key.ImportFromPem(pem);
            read = key.ExportParameters(includePrivateParameters: true);
        }
        catch (CryptographicException error)
        {
            throw new ArgumentException("The text is no private key in PEM.", nameof(pem), error);
        }

        return read.Curve.Oid?.Value is "1.2.840.10045.3.1.7" || read.Curve.Oid?.FriendlyName is "nistP256" or "ECDSA_P256"
            ? new(read, keyId)
            : throw new ArgumentException("The key is not on P-256.", nameof(pem));
    }

    public void Dispose() => _key.Dispose();

    /// <summary>A compact JWS (RFC 7515, 3.1).</summary>
    internal string Sign(byte[] header, byte[] payload)
    {
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        byte[] signature;
        lock (_gate)
        {
            signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
