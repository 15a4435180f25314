using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>
/// The bytes of entries too large for a row, one write-once blob each, named by the entry's hash:
/// <c>version(1)=1 ‖ public-length(4, big-endian) ‖ public ‖ sealed</c>. Written before the transaction that names it: a crash in between leaves an orphan that
/// nothing refers to; the other order could leave an entry without its bytes.
/// </summary>
internal sealed class EntryBlobs(BlobContainerClient container)
{
    private const byte Version = 1;
    private const int HeaderSize = 5;

    // One block; its id must only be base64 of equal length within the blob.
    private static readonly string[] Blocks = [Convert.ToBase64String("0001"u8)];

    private readonly Setup _setup = new(async cancellation => await GuardAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation));

    public ValueTask EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation);

    public async Task WriteAsync(Entry entry, CancellationToken cancellation)
    {
        await EnsureCreatedAsync(cancellation);
        var bytes = new byte[HeaderSize + entry.Public.Length + entry.Sealed.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), entry.Public.Length);
        entry.Public.Span.CopyTo(bytes.AsSpan(HeaderSize));
        entry.Sealed.Span.CopyTo(bytes.AsSpan(HeaderSize + entry.Public.Length));
        var blob = container.GetBlockBlobClient(TableKeys.Blob(entry.Hash));
        await GuardAsync(() => PutOnceAsync(blob, bytes, cancellation), cancellation);
    }

    /// <summary>The entry with the bytes of blob <paramref name="name"/>, which must hash to that name; throws <see cref="StreamFrozenException"/> where they do not.</summary>
    public async Task<Entry> CompleteAsync(Entry entry, string name, CancellationToken cancellation)
    {
        var bytes = await GuardAsync(() => ReadAsync(container.GetBlockBlobClient(name), cancellation), cancellation)
            ?? throw new StreamFrozenException(entry.Stream, $"the blob of entry {entry.Seq} is missing");
        if (bytes.Length < HeaderSize || bytes[0] != Version)
        {
            throw new UnknownVersionException("entry blob", bytes.Length == 0 ? 0 : bytes[0]);
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
        if (length < 0 || length > bytes.Length - HeaderSize)
        {
            throw new StreamFrozenException(entry.Stream, $"the blob of entry {entry.Seq} is not whole");
        }

        var complete = new Entry(
            entry.Stream, entry.Seq, entry.Kind, entry.Time, entry.Operation, bytes.AsMemory(HeaderSize, length), bytes.AsMemory(HeaderSize + length), entry.SealedDigest, entry.Previous);
        var isSealedWhole = complete.Sealed.IsEmpty || EntryHash.FromBytes(SHA256.HashData(complete.Sealed.Span)) == entry.SealedDigest;
        return isSealedWhole && string.Equals(TableKeys.Blob(complete.Hash), name, StringComparison.Ordinal)
            ? complete
            : throw new StreamFrozenException(entry.Stream, $"the blob of entry {entry.Seq} does not have its hash");
    }

    private static async Task<bool> PutOnceAsync(BlockBlobClient blob, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            using var content = new MemoryStream(bytes, writable: false);
            await blob.StageBlockAsync(Blocks[0], content, cancellationToken: cancellation);
            var onlyNew = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await blob.CommitBlockListAsync(Blocks, onlyNew, cancellation);
            return true;
        }
        catch (RequestFailedException there) when (there.Status is 409 or 412)
        {
            // The name is the hash of the content: whoever wrote it wrote this. Reading verifies.
            return false;
        }
        catch (RequestFailedException raced) when (raced.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit of the same name swept our block away; its blob is ours.
            return await blob.ExistsAsync(cancellation) ? false : throw new StorageUnavailableException("An entry's blob could not be committed.", raced);
        }
    }

    private static async Task<byte[]?> ReadAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return (await blob.DownloadContentAsync(cancellation)).Value.Content.ToArray();
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    private static Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellation) =>
        StorageSilence.GuardAsync(request, "entry blob", cancellation);
}
