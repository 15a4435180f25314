using System.Buffers;
using System.Net;

namespace Gating.Azure.Http;

/// <summary>An answer's body, read whole into pooled memory before anyone looks at it; disposing it gives the memory back.</summary>
internal sealed class PooledAnswer : HttpContent
{
    private readonly int _length;
    private byte[]? _bytes;

    private PooledAnswer(byte[] bytes, int length) => (_bytes, _length) = (bytes, length);

    /// <summary>Reads <paramref name="content"/> to its end; throws <see cref="HttpRequestException"/> above <paramref name="limit"/> bytes.</summary>
    public static async Task<PooledAnswer> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(content.Headers.ContentLength + 1 ?? 4096, limit));
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(bytes.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return new(bytes, length);
            }

            length += read;
            if (length > limit)
            {
                throw new HttpRequestException($"An answer of more than {limit} bytes.");
            }

            if (length == bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(length * 2);
                bytes.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(bytes);
                bytes = larger;
            }
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() =>
        Task.FromResult<Stream>(new MemoryStream(_bytes ?? [], 0, _bytes is null ? 0 : _length, writable: false, publiclyVisible: true));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        stream.WriteAsync(_bytes.AsMemory(0, _length)).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        base.Dispose(disposing);
    }
}
