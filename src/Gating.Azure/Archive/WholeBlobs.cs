using System.Globalization;
using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace Gating.Azure.Archive;

/// <summary>
/// Put Blob: a whole blob in one request, where blocks take two. Through the client library's own pipeline, with its retries, signature and counts; its method for this cannot be used (see BannedSymbols.txt).
/// </summary>
internal sealed class WholeBlobs(BlobServiceClient service, BlobClientOptions.ServiceVersion version)
{
    private readonly HttpPipeline _pipeline = Library.PipelineOf(service);
    private readonly string _version = version.ToString()[1..].Replace('_', '-');

    /// <summary>Creates the blob with the content, headers, metadata and tags at once; false where the name is taken, by somebody else or by a try of ours whose answer was lost.</summary>
    public async Task<bool> TryCreateAsync(
        Uri blob, ReadOnlyMemory<byte> content, string contentType, string contentDisposition, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, string> tags, CancellationToken cancellation)
    {
        using var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = RequestMethod.Put;
        request.Uri.Reset(blob);
        request.Content = RequestContent.Create(content);
        request.Headers.SetValue("x-ms-version", _version);
        request.Headers.SetValue("x-ms-blob-type", "BlockBlob");
        request.Headers.SetValue("x-ms-blob-content-type", contentType);
        request.Headers.SetValue("x-ms-blob-content-disposition", contentDisposition);
        request.Headers.SetValue("x-ms-tags", string.Join('&', tags.Select(static tag => $"{WebUtility.UrlEncode(tag.Key)}={WebUtility.UrlEncode(tag.Value)}")));
        request.Headers.SetValue("Content-Length", content.Length.ToString(CultureInfo.InvariantCulture));
        request.Headers.SetValue("If-None-Match", ETag.All.ToString());
        foreach (var (name, value) in metadata)
        {
            request.Headers.SetValue("x-ms-meta-" + name, value);
        }

        await _pipeline.SendAsync(message, cancellation);
        return message.Response.Status switch
        {
            (int)HttpStatusCode.Created => true,
            (int)HttpStatusCode.Conflict or (int)HttpStatusCode.PreconditionFailed => false,
            _ => throw new RequestFailedException(message.Response),
        };
    }

    // What reaches the pipeline is there for libraries that derive from the client.
    private sealed class Library : BlobServiceClient
    {
        public static HttpPipeline PipelineOf(BlobServiceClient client) => GetHttpPipeline(client);
    }
}
