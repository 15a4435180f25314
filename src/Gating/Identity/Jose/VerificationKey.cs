using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Gating.Identity.Jose;

/// <summary>
/// A public key with the algorithms it may judge. Safe to share between threads: Microsoft.IdentityModel's provider keeps a pool of crypto
/// objects behind it. Never disposed: a verification in flight may hold the key set that a refresh has just replaced; handles go with the object.
/// </summary>
public sealed class VerificationKey
{
    // Its own factory: the library's default one caches providers for the whole process by key id, and key ids are not unique across issuers.
    private static readonly CryptoProviderFactory Factory = new() { CacheSignatureProviders = false };

    private readonly SecurityKey key;
    private readonly int fitting;
    private readonly int signatureBytes;
    private readonly SignatureProvider?[] providers = new SignatureProvider?[SigningAlgorithms.Count];

    private VerificationKey(string? keyId, string thumbprint, SecurityKey key, int fitting, int signatureBytes)
    {
        (KeyId, Thumbprint) = (keyId, thumbprint);
        this.key = key;
        this.fitting = fitting;
        this.signatureBytes = signatureBytes;
    }

    public string? KeyId { get; }

    /// <summary>Its name by content (<see cref="JwkThumbprint"/>), whatever id it goes by.</summary>
    public string Thumbprint { get; }

    public bool Fits(SigningAlgorithm algorithm) => (fitting & (1 << (int)algorithm)) != 0;

    /// <param name="signature">An array of its own: the library ignores an offset into one.</param>
    public bool Verify(SigningAlgorithm algorithm, ArraySegment<byte> input, byte[] signature)
    {
        // The exact length first: it spares the crypto call, and a signature has one length only.
        if (!Fits(algorithm) || signature.Length != signatureBytes)
        {
            return false;
        }

        var provider = providers[(int)algorithm] ?? Create(algorithm);
        return provider.Verify(input.Array!, input.Offset, input.Count, signature, 0, signature.Length);
    }

#pragma warning disable CA2000 // The key owns its ECDsa for life; see above why it is never disposed.
    internal static VerificationKey Ec(string? keyId, string thumbprint, ECParameters parameters, SigningAlgorithm algorithm, int fieldBytes) =>
        new(keyId, thumbprint, new ECDsaSecurityKey(ECDsa.Create(parameters)), 1 << (int)algorithm, 2 * fieldBytes);
#pragma warning restore CA2000

    /// <summary>The same key under the id and for the one algorithm that a registry gives it.</summary>
    internal VerificationKey Restricted(string keyId, SigningAlgorithm algorithm) => new(keyId, Thumbprint, key, fitting & (1 << (int)algorithm), signatureBytes);

    internal static VerificationKey Rsa(string? keyId, string thumbprint, RSAParameters parameters, int fitting) =>
        new(keyId, thumbprint, new RsaSecurityKey(parameters), fitting, parameters.Modulus!.Length);

    private SignatureProvider Create(SigningAlgorithm algorithm)
    {
        var created = Factory.CreateForVerifying(key, SigningAlgorithms.Name(algorithm));
        return Interlocked.CompareExchange(ref providers[(int)algorithm], created, null) ?? created;
    }
}
