using Azure.Core;
using Azure.Core.Pipeline;

namespace Gating.Azure.Vault;

/// <summary>
/// Opens a key of 32 bytes that was wrapped for an RSA key in Azure Key Vault (RSA-OAEP-256, RFC 7518 4.3): the RSA key never leaves the vault, each use of it is in the vault's audit log, and whoever may read the vault's secrets
/// has nothing yet. Safe for concurrent use; for a start, and nothing that requests wait for.
/// </summary>
public sealed class VaultUnwrapper
{
    /// <summary>Of what was wrapped.</summary>
    public const int KeySize = 32;

    private readonly VaultClient _client;

    public VaultUnwrapper(VaultKeyAddress key, TokenCredential credential)
        : this(key, credential, null, null)
    {
    }

    /// <inheritdoc cref="VaultClient"/>
    internal VaultUnwrapper(VaultKeyAddress key, TokenCredential credential, HttpPipelineTransport? transport, TimeSpan? patience)
    {
        ArgumentNullException.ThrowIfNull(key);
        _client = new(key, credential, "unwrapkey", "RSA-OAEP-256", "unwrap with", transport, patience);
    }

    /// <summary>The key. Throws <see cref="StorageUnavailableException"/> where the vault does not give it, whatever the reason; its own word for it is in the message.</summary>
    public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, CancellationToken cancellation) => _client.AskAsync(wrapped, KeySize, cancellation);
}
