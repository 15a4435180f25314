using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;

namespace Gating.Azure.Archive;

/// <summary>
/// Labelled files as block blobs named by their ContentId. Blocks are staged and committed with If-None-Match: a blob is there whole or not at all, and never again replaced; blocks of an
/// upload that was cut off are storage's to throw away after a week.
/// </summary>
public sealed class BlobArchiveStore : IArchiveStore
{
    private const string Source = "source_sha256";
    private const string Output = "output_sha256";
    private const string Retain = "retain_until";
    private const int SmallBlock = 1024 * 1024;
    private const int LargeBlock = 4 * 1024 * 1024;

    /// <summary>From this length on, the trip of a block costs more than the memory that holds it.</summary>
    private const long LargeFile = 64 * 1024 * 1024;

    private readonly BlobContainerClient _container;
    private readonly Setup _setup;

    internal BlobArchiveStore(BlobContainerClient container) => (_container, _setup) =
        (container, new(async cancellation => await GuardAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation)));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<StoreOutcome> StoreAsync(ArchivedFile file, Stream content, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var retain = file.RetainUntil.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var options = new CommitBlockListOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new() { ContentType = file.MediaType, ContentDisposition = "attachment" },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [Source] = file.SourceSha256.ToString(), [Output] = file.OutputSha256.ToString(), [Retain] = retain,
            },
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["media_type"] = file.MediaType, [Retain] = retain },
        };
        var isStored = await GuardAsync(() => UploadAsync(_container.GetBlockBlobClient(file.Content.Text), content, file.Length, options, cancellation), cancellation);
        return isStored
            ? new StoreOutcome.Stored()
            : new StoreOutcome.Exists(await FindAsync(file.Content, cancellation) ?? throw new StorageUnavailableException("A blob that was there is gone."));
    }

    public async Task<ArchivedFile?> FindAsync(ContentId content, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await GuardAsync(
            () => OrNullAsync(async () => Read(content, (await _container.GetBlobClient(content.Text).GetPropertiesAsync(cancellationToken: cancellation)).Value)), cancellation);
    }

    public async Task<Stream?> OpenAsync(ContentId content, long offset, long length, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var options = new BlobDownloadOptions { Range = new HttpRange(offset, length) };
        return await GuardAsync(
            () => OrNullAsync(async () => (await _container.GetBlobClient(content.Text).DownloadStreamingAsync(options, cancellation)).Value.Content), cancellation);
    }

    /// <summary>False where the name is taken: by somebody else, or by a try of ours whose answer was lost.</summary>
    private static async Task<bool> UploadAsync(BlockBlobClient blob, Stream content, long length, CommitBlockListOptions options, CancellationToken cancellation)
    {
        try
        {
            await blob.CommitBlockListAsync(await StageAsync(blob, content, length, cancellation), options, cancellation);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 409 or 412)
        {
            return false;
        }
        catch (RequestFailedException raced) when (raced.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit of the same name swept our blocks away.
            return await blob.ExistsAsync(cancellation) ? false : throw new StorageUnavailableException("A file could not be committed.", raced);
        }
    }

    /// <summary>One block at a time, so that memory stays the same whatever the file's size. The ids are this upload's alone: two writers of one name never mix their blocks.</summary>
    private static async Task<List<string>> StageAsync(BlockBlobClient blob, Stream content, long length, CancellationToken cancellation)
    {
        var upload = RandomNumberGenerator.GetHexString(16);
        var blocks = new List<string>();
        var size = length >= LargeFile ? LargeBlock : SmallBlock;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Math.Max(length, 1)));
        try
        {
            for (var left = length; left > 0;)
            {
                var count = (int)Math.Min(size, left);
                await content.ReadExactlyAsync(buffer.AsMemory(0, count), cancellation);
                var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{upload}{blocks.Count:D6}")));
                using var block = new MemoryStream(buffer, 0, count, writable: false);
                await blob.StageBlockAsync(id, block, cancellationToken: cancellation);
                blocks.Add(id);
                left -= count;
            }

            return blocks;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> request)
        where T : class
    {
        try
        {
            return await request();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    private static ArchivedFile Read(ContentId content, BlobProperties properties) => new(
        content,
        properties.ContentType,
        properties.ContentLength,
        Digest(properties.Metadata[Source]),
        Digest(properties.Metadata[Output]),
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(properties.Metadata[Retain], NumberStyles.None, CultureInfo.InvariantCulture)));

    private static EntryHash Digest(string hex) => EntryHash.FromBytes(Convert.FromHexString(hex));

    private static Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellation) => StorageSilence.GuardAsync(request, "archive", cancellation);
}
