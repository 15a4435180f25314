using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Gating.Azure.Log;

/// <summary>Blobs of one block in a container: each is replaced whole, under a condition, or not at all.</summary>
internal sealed class SmallBlobs
{
    private readonly BlobContainerClient _container;
    private readonly Setup _setup;

    public SmallBlobs(BlobContainerClient container) => (_container, _setup) =
        (container, new(async cancellation => await GuardAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation)));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<(ReadOnlyMemory<byte> Bytes, string Token)?> ReadAsync(string name, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await GuardAsync<(ReadOnlyMemory<byte>, string)?>(
            async () =>
            {
                try
                {
                    var blob = (await _container.GetBlockBlobClient(name).DownloadContentAsync(cancellation)).Value;
                    return (blob.Content.ToMemory(), blob.Details.ETag.ToString());
                }
                catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
                {
                    return null;
                }
            },
            cancellation);
    }

    /// <summary>A page of names in their order, whatever they say.</summary>
    public async Task<(IReadOnlyList<string> Names, string? Continuation)> ListAsync(string? continuation, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await GuardAsync<(IReadOnlyList<string>, string?)>(
            async () =>
            {
                await foreach (var page in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellation).AsPages(continuation))
                {
                    return ([.. page.Values.Select(static blob => blob.Name)], string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
                }

                return ([], null);
            },
            cancellation);
    }

    /// <summary>Writes where the blob still carries <paramref name="token"/> (null: where there is none). False where it does not, or where an own try got through before.</summary>
    public async Task<bool> WriteAsync(string name, ReadOnlyMemory<byte> bytes, string? token, string type, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var options = new CommitBlockListOptions
        {
            Conditions = token is null ? new() { IfNoneMatch = ETag.All } : new() { IfMatch = new(token) },
            HttpHeaders = new() { ContentType = type },
        };
        return await GuardAsync(() => CommitAsync(_container.GetBlockBlobClient(name), bytes, options, cancellation), cancellation);
    }

    public async Task<string?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var blob = _container.GetBlockBlobClient(name);

        // Ours by its name: a try that got through and whose answer was lost is renewed by the next.
        var lease = new Guid(RandomNumberGenerator.GetBytes(16)).ToString("D");
        return await GuardAsync(
            async () =>
            {
                try
                {
                    await AcquireAsync(blob, lease, duration, cancellation);
                    return lease;
                }
                catch (RequestFailedException taken) when (taken.Status == 409)
                {
                    return null;
                }
            },
            cancellation);
    }

    public Task ReleaseAsync(string name, string lease, CancellationToken cancellation) => GuardAsync(
        async () =>
        {
            try
            {
                await _container.GetBlockBlobClient(name).GetBlobLeaseClient(lease).ReleaseAsync(cancellationToken: cancellation);
                return true;
            }
            catch (RequestFailedException ended) when (ended.Status is 404 or 409 or 412)
            {
                return false;
            }
        },
        cancellation);

    private static async Task AcquireAsync(BlockBlobClient blob, string lease, TimeSpan duration, CancellationToken cancellation)
    {
        try
        {
            await blob.GetBlobLeaseClient(lease).AcquireAsync(duration, cancellationToken: cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            await CommitAsync(blob, ReadOnlyMemory<byte>.Empty, new() { Conditions = new() { IfNoneMatch = ETag.All } }, cancellation);
            await blob.GetBlobLeaseClient(lease).AcquireAsync(duration, cancellationToken: cancellation);
        }
    }

    private static async Task<bool> CommitAsync(BlockBlobClient blob, ReadOnlyMemory<byte> bytes, CommitBlockListOptions options, CancellationToken cancellation)
    {
        try
        {
            string[] blocks = [];
            if (!bytes.IsEmpty)
            {
                // An id of its own: two who write one name never mix their blocks.
                blocks = [Convert.ToBase64String(RandomNumberGenerator.GetBytes(12))];
                using var content = new MemoryStream(bytes.ToArray(), writable: false);
                await blob.StageBlockAsync(blocks[0], content, cancellationToken: cancellation);
            }

            await blob.CommitBlockListAsync(blocks, options, cancellation);
            return true;
        }
        catch (RequestFailedException moved) when (moved.Status is 409 or 412)
        {
            return false;
        }
        catch (RequestFailedException raced) when (raced.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another's commit of the same name swept our block away.
            return false;
        }
    }

    private static Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellation) => StorageSilence.GuardAsync(request, "log", cancellation);
}
