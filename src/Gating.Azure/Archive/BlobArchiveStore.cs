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
/// Labelled files as block blobs named by their ContentId. A small one is put by one request, blocks of a larger one are staged and committed, both with If-None-Match: a blob is there whole or
/// not at all, and never again replaced; blocks of an upload that was cut off are storage's to throw away after a week. The tag <c>retain_until</c> (seconds since 1970, ten digits until the year 2286, so that their order is that of time)
/// finds what is due; the metadata lead from a blob to its record.
/// </summary>
public sealed class BlobArchiveStore : IArchiveStore
{
    private const string Source = "source_sha256";
    private const string Output = "output_sha256";
    private const string Retain = "retain_until";
    private const string Reference = "reference";
    private const int SmallBlock = 1024 * 1024;
    private const int LargeBlock = 4 * 1024 * 1024;

    /// <summary>From this length on, the trip of a block costs more than the memory that holds it.</summary>
    private const long LargeFile = 64 * 1024 * 1024;

    private readonly BlobContainerClient _container;
    private readonly WholeBlobs _whole;
    private readonly StorageImmutability _immutability;
    private readonly Setup _setup;

    internal BlobArchiveStore(BlobContainerClient container, WholeBlobs whole, StorageImmutability immutability) => (_container, _whole, _immutability, _setup) =
        (container, whole, immutability, new(async cancellation => await GuardAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation)));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<StoreOutcome> StoreAsync(ArchivedFile file, string reference, Stream content, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var retain = file.RetainUntil.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var options = new CommitBlockListOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new() { ContentType = file.MediaType, ContentDisposition = "attachment" },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [Source] = file.SourceSha256.ToString(), [Output] = file.OutputSha256.ToString(), [Retain] = retain, [Reference] = reference,
            },
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["media_type"] = file.MediaType, [Retain] = retain },
            ImmutabilityPolicy = ImmutableUntil(file.RetainUntil),
        };
        var blob = _container.GetBlockBlobClient(file.Content.Text);
        var isStored = await GuardAsync(
            () => file.Length <= SmallBlock && options.ImmutabilityPolicy is null
                ? PutAsync(blob, content, (int)file.Length, options, cancellation)
                : UploadAsync(blob, content, file.Length, options, cancellation),
            cancellation);
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

    public async Task<ArchivePage<KeptFile>> ListAsync(string prefix, string? continuation, int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        const BlobTraits Traits = BlobTraits.Metadata | BlobTraits.ImmutabilityPolicy | BlobTraits.LegalHold;
        var blobs = _container.GetBlobsAsync(Traits, BlobStates.None, prefix, cancellation);
        return await GuardAsync(() => PageAsync(blobs, Kept, continuation, most), cancellation);
    }

    public async Task<ArchivePage<string>> FindDueAsync(DateTimeOffset by, string? continuation, int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var due = string.Create(CultureInfo.InvariantCulture, $"\"{Retain}\" <= '{by.ToUnixTimeSeconds():D10}'");
        return await GuardAsync(() => PageAsync(_container.FindBlobsByTagsAsync(due, cancellation), static blob => blob.BlobName, continuation, most), cancellation);
    }

    public async Task<KeptFile?> LookAsync(string name, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await GuardAsync(
            () => OrNullAsync(async () => Kept(name, (await _container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellation)).Value)), cancellation);
    }

    public async Task<DeleteOutcome> DeleteAsync(KeptFile file, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var conditions = new BlobRequestConditions { IfMatch = new ETag(file.Token) };
        return await GuardAsync(async () =>
        {
            try
            {
                await _container.GetBlobClient(file.Name).DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions, cancellation);
                return DeleteOutcome.Gone;
            }
            catch (RequestFailedException gone) when (gone.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                // By somebody else, or by a try of ours whose answer was lost.
                return DeleteOutcome.Gone;
            }
            catch (RequestFailedException changed) when (changed.ErrorCode == BlobErrorCode.ConditionNotMet)
            {
                // What is not there meets no condition either.
                return await LookAsync(file.Name, cancellation) is null ? DeleteOutcome.Gone : DeleteOutcome.Changed;
            }
            catch (RequestFailedException locked) when (locked.ErrorCode == BlobErrorCode.BlobImmutableDueToPolicy)
            {
                return DeleteOutcome.Locked;
            }
        }, cancellation);
    }

    private BlobImmutabilityPolicy? ImmutableUntil(DateTimeOffset retain) => _immutability switch
    {
        StorageImmutability.Off => null,
        StorageImmutability.Unlocked => new() { ExpiresOn = retain, PolicyMode = BlobImmutabilityPolicyMode.Unlocked },
        StorageImmutability.Locked => new() { ExpiresOn = retain, PolicyMode = BlobImmutabilityPolicyMode.Locked },
    };

    private static async Task<ArchivePage<TFile>> PageAsync<T, TFile>(AsyncPageable<T> items, Func<T, TFile> read, string? continuation, int most)
        where T : notnull
    {
        await foreach (var page in items.AsPages(continuation, most))
        {
            return new([.. page.Values.Select(read)], string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
        }

        return new([], null);
    }

    private static KeptFile Kept(BlobItem blob) => new(
        blob.Name, blob.Metadata?.TryGetValue(Reference, out var reference) is true ? reference : null,
        LockedUntil(blob.Properties.ImmutabilityPolicy, blob.Properties.HasLegalHold), Token(blob.Properties.ETag.GetValueOrDefault()));

    private static KeptFile Kept(string name, BlobProperties blob) => new(
        name, blob.Metadata.TryGetValue(Reference, out var reference) ? reference : null, LockedUntil(blob.ImmutabilityPolicy, blob.HasLegalHold), Token(blob.ETag));

    // A list gives it without the quotes that a condition wants.
    private static string Token(ETag tag) => tag.ToString("H");

    private static DateTimeOffset? LockedUntil(BlobImmutabilityPolicy? policy, bool isHeld) => isHeld ? DateTimeOffset.MaxValue : policy?.ExpiresOn;

    /// <inheritdoc cref="UploadAsync"/>
    private async Task<bool> PutAsync(BlockBlobClient blob, Stream content, int length, CommitBlockListOptions options, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await content.ReadExactlyAsync(buffer.AsMemory(0, length), cancellation);
            return await _whole.TryCreateAsync(
                blob.Uri, buffer.AsMemory(0, length), options.HttpHeaders.ContentType, options.HttpHeaders.ContentDisposition, options.Metadata.AsReadOnly(), options.Tags.AsReadOnly(), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
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
