using System.Formats.Asn1;
using System.Security.Cryptography;
using Gating.Log.Notes;

namespace Gating.Azure.Vault;

/// <summary>
/// Signs the log's checkpoints with a key in Key Vault (<see cref="VaultKey"/>): nobody who has the gate's settings can sign in its place. What it is checked with is set beside its address and not fetched, so that neither a
/// start nor a reader waits for the vault, and a vault that was replaced cannot speak for the log. A signature that does not verify by it is never let out.
/// </summary>
public sealed class VaultNoteSigner(NoteKey key, VaultKey vault) : INoteSigner
{
    private const int Half = 32;

    public NoteKey Key { get; } = key;

    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        var signature = Der(await vault.SignAsync(SHA256.HashData(text.Span), cancellation).ConfigureAwait(false));
        return Key.Verify(text.Span, signature) ? signature : throw new StorageUnavailableException($"Key Vault signed with another key than {Key}.");
    }

    // Key Vault says r and s as JOSE does, signed notes as RFC 3279, 2.2.3.
    private static byte[] Der(byte[] signature)
    {
        var der = new AsnWriter(AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            der.WriteIntegerUnsigned(Trimmed(signature.AsSpan(0, Half)));
            der.WriteIntegerUnsigned(Trimmed(signature.AsSpan(Half)));
        }

        return der.Encode();
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> number) => number.TrimStart((byte)0) is { IsEmpty: false } trimmed ? trimmed : [0];
}
