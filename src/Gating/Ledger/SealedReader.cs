using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>Opens sealed parts of stored entries, under the data key and the salt that stands in the stream's head.</summary>
public sealed class SealedReader(ILedgerStore ledger, OperatorKey key)
{
    /// <summary>
    /// Null where there is nothing, or it was erased (with its bytes, or with the stream's salt). Throws <see cref="StreamFrozenException"/> where the bytes are not those that were sealed there, and
    /// <see cref="StorageUnavailableException"/>.
    /// </summary>
    public async Task<byte[]?> OpenAsync(Entry entry, CancellationToken cancellation) =>
        !entry.Sealed.IsEmpty && await ledger.ReadHeadAsync(entry.Stream, cancellation) is { } stored ? Open(stored.Head, entry) : null;

    /// <inheritdoc cref="OpenAsync"/>
    public byte[]? Open(Head head, Entry entry)
    {
        if (entry.Sealed.IsEmpty || head.Salt.IsEmpty)
        {
            return null;
        }

        using var cipher = SealedPart.Cipher(key.SealingKey(head.Salt.Span));
        try
        {
            return SealedPart.Open(cipher, entry.Stream, entry.Seq, entry.Kind, entry.Sealed.Span);
        }
        catch (CryptographicException)
        {
            throw new StreamFrozenException(entry.Stream, $"the sealed part of entry {entry.Seq} is not the one that was sealed there");
        }
    }
}
