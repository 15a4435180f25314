using System.Net;
using System.Runtime.ExceptionServices;

namespace Gating.Client.Http;

/// <summary>A stream as a body: sent as it is read, from where it stands, never held, and left open for another try.</summary>
internal sealed class StreamBody(Stream source, long from, StreamBody.Fault fault) : HttpContent
{
    private const int BufferSize = 128 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = source.CanSeek ? source.Length - from : 0;
        return source.CanSeek;
    }

    private async ValueTask<int> ReadAsync(byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            fault.Set(error);
            throw new IOException("What was to be sent could not be read.", error);
        }
    }

    /// <summary>Remembers that it was the caller's stream that failed, and not the network.</summary>
    internal sealed class Fault
    {
        private ExceptionDispatchInfo? _error;

        public void Set(Exception error) => _error = ExceptionDispatchInfo.Capture(error);

        public void ThrowIfAny() => _error?.Throw();
    }
}
