using System.Buffers;
using System.Text;
using Azure.Core;

namespace Gating.Azure.Http;

/// <summary>
/// A request's body in pooled memory. It goes back to the pool only when every write of it has ended: the transport may give up on an answer while
/// it is still sending, and memory reused by then would put another request's bytes on the wire.
/// </summary>
internal sealed class PooledBody : RequestContent, IBufferWriter<byte>
{
    private const int InitialSize = 4096;

    private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _length;
    private int _writing;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends text that is ASCII already (escaped keys, ETags).</summary>
    public void AppendAscii(string text) => _length += Encoding.ASCII.GetBytes(text, GetSpan(text.Length));

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    public override async Task WriteToAsync(Stream stream, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _writing);
        await stream.WriteAsync(_bytes.AsMemory(0, _length), cancellation).ConfigureAwait(false);

        // Not in a finally: a write that failed or was cancelled may still have its bytes in flight, and then the memory is left to the collector.
        Interlocked.Decrement(ref _writing);
    }

    public override void WriteTo(Stream stream, CancellationToken cancellation) => stream.Write(Written);

    /// <summary>Does nothing: the pipeline disposes contents between tries. The owner calls <see cref="Recycle"/>.</summary>
    public override void Dispose()
    {
    }

    /// <summary>Gives the memory back unless a write may still be using it.</summary>
    public void Recycle()
    {
        if (Volatile.Read(ref _writing) == 0 && Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Reserve(int size)
    {
        var needed = _length + Math.Max(size, 256);
        if (needed <= _bytes!.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
