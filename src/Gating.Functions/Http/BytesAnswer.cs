namespace Gating.Functions.Http;

/// <summary>Writes what is there already as bytes, in one piece and with its length.</summary>
internal static class BytesAnswer
{
    /// <param name="cache">Of <c>Cache-Control</c>.</param>
    public static Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, string contentType, string cache, CancellationToken cancellation)
    {
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = cache;
        return response.Body.WriteAsync(bytes, cancellation).AsTask();
    }
}
