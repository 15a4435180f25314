using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Gating.Archive;
using Gating.Generations;

namespace Gating.Azure.Archive;

/// <summary>Files that apps put, as blobs named by their ContentId, and beside them notes of refusals, as empty blobs with metadata. A token is a blob's ETag; a note's says that it is one.</summary>
public sealed class BlobIncomingStore : IIncomingStore
{
    private const string Version = "v";
    private const string Reason = "reason";
    private const string Detail = "detail";
    private const string NoteVersion = "1";
    private const string NoteToken = "note ";

    private readonly BlobContainerClient _container;
    private readonly UploadSigner _signer;
    private readonly Setup _setup;

    internal BlobIncomingStore(BlobContainerClient container, UploadSigner signer) => (_container, _signer, _setup) =
        (container, signer, new(async cancellation => await GuardAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation)));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<Uri> OpenForUploadAsync(ContentId content, DateTimeOffset until, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await GuardAsync(() => _signer.SignAsync(_container.GetBlobClient(content.Text), until, cancellation), cancellation);
    }

    public async Task<IncomingFile?> FindAsync(ContentId content, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await GuardAsync(
            () => UnlessGoneAsync<IncomingFile?>(
                async () =>
                {
                    var blob = (await _container.GetBlobClient(content.Text).GetPropertiesAsync(cancellationToken: cancellation)).Value;
                    return new(blob.ETag.ToString(), blob.ContentLength);
                },
                null),
            cancellation);
    }

    public async Task<bool> ReadAsync(ContentId content, string token, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var options = new BlobDownloadOptions { Range = new HttpRange(offset, destination.Length), Conditions = new() { IfMatch = new ETag(token) } };
        return await GuardAsync(
            () => UnlessGoneAsync(
                async () =>
                {
                    using var part = (await _container.GetBlobClient(content.Text).DownloadStreamingAsync(options, cancellation)).Value;
                    await part.Content.ReadExactlyAsync(destination, cancellation);
                    return true;
                },
                false),
            cancellation);
    }

    public async Task DeleteAsync(ContentId content, string token, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var isNote = token.StartsWith(NoteToken, StringComparison.Ordinal);
        var blob = _container.GetBlobClient(isNote ? TableKeys.Note(content) : content.Text);
        var conditions = new BlobRequestConditions { IfMatch = new ETag(isNote ? token[NoteToken.Length..] : token) };

        // Who may create a blob may make snapshots of it, and those would keep it.
        await GuardAsync(
            () => UnlessGoneAsync(async () => !(await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions, cancellation)).IsError, false), cancellation);
    }

    public async IAsyncEnumerable<IncomingItem> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await using var pages = _container.GetBlobsAsync(cancellationToken: cancellation).AsPages().GetAsyncEnumerator(cancellation);
        while (await GuardAsync(() => pages.MoveNextAsync().AsTask(), cancellation))
        {
            foreach (var blob in pages.Current.Values)
            {
                if (TableKeys.TryReadIncoming(blob.Name, out var content, out var isNote))
                {
                    yield return new(content, blob.Properties.LastModified!.Value, (isNote ? NoteToken : string.Empty) + blob.Properties.ETag);
                }
            }
        }
    }

    public async Task NoteAsync(ContentId content, IncomingRefusal refusal, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [Version] = NoteVersion, [Reason] = refusal.Reason.Word() };
        if (refusal.Detail is { } detail)
        {
            // Headers are ASCII.
            metadata[Detail] = Convert.ToBase64String(Encoding.UTF8.GetBytes(detail));
        }

        var blob = _container.GetBlockBlobClient(TableKeys.Note(content));
        await GuardAsync(() => blob.CommitBlockListAsync([], new CommitBlockListOptions { Metadata = metadata }, cancellation), cancellation);
    }

    public async Task<IncomingRefusal?> FindNoteAsync(ContentId content, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var blob = _container.GetBlobClient(TableKeys.Note(content));
        return await GuardAsync(() => UnlessGoneAsync(async () => ReadNote((await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value.Metadata), null), cancellation);
    }

    private static IncomingRefusal? ReadNote(IDictionary<string, string> note)
    {
        if (note.TryGetValue(Version, out var version) && !string.Equals(version, NoteVersion, StringComparison.Ordinal) && long.TryParse(version, CultureInfo.InvariantCulture, out var other))
        {
            throw new UnknownVersionException("note of a refusal", other);
        }

        return note.TryGetValue(Reason, out var word) && ArchiveRefusals.OfWord(word) is { } reason
            ? new(reason, note.TryGetValue(Detail, out var detail) ? Encoding.UTF8.GetString(Convert.FromBase64String(detail)) : null)
            : throw new FormatException("A note gives no reason that is one.");
    }

    /// <summary>What <paramref name="request"/> gives, or <paramref name="gone"/> where the blob is not there or no longer the one that is meant.</summary>
    private static async Task<T> UnlessGoneAsync<T>(Func<Task<T>> request, T gone)
    {
        try
        {
            return await request();
        }
        catch (RequestFailedException missing) when (missing.Status == 412 || (missing.Status == 404 && missing.ErrorCode == BlobErrorCode.BlobNotFound))
        {
            return gone;
        }
    }

    private static Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellation) => StorageSilence.GuardAsync(request, "files that came in", cancellation);
}
