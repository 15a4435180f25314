using Azure.Core;
using Azure.Core.Pipeline;

namespace Gating.Azure.Vault;

/// <summary>
/// Signs with a P-256 key that never leaves Azure Key Vault (ES256). Safe for concurrent use. Every signature is a request of some 10 to 50 ms and counts against the vault's limits (4,000 in ten seconds for a software key): for
/// checkpoints, which are signed once a second at most, and never for grants.
/// </summary>
public sealed class VaultSigner
{
    private const int SignatureSize = 64;

    private readonly VaultClient _client;

    public VaultSigner(VaultKeyAddress key, TokenCredential credential)
        : this(key, credential, null, null)
    {
    }

    /// <inheritdoc cref="VaultClient"/>
    internal VaultSigner(VaultKeyAddress key, TokenCredential credential, HttpPipelineTransport? transport, TimeSpan? patience)
    {
        ArgumentNullException.ThrowIfNull(key);
        _client = new(key, credential, "sign", "ES256", "sign with", transport, patience);
    }

    /// <summary>The signature over a SHA-256 digest, r and s of 32 bytes each. Throws <see cref="StorageUnavailableException"/> where the vault gives none, whatever the reason; its own word for it is in the message.</summary>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellation) => _client.AskAsync(digest, SignatureSize, cancellation);
}
