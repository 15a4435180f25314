using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>Numbers of fcTL and fdAT chunks, which count up through the file.</summary>
internal sealed class PngSequence
{
    private uint _next;

    public uint Next() => _next++;
}

/// <summary>Puts what is written into chunks of one size.</summary>
/// <param name="sequence">For fdAT chunks, which begin with a number.</param>
internal sealed class PngChunkWriter(string type, PngSequence? sequence, Action<ReadOnlyMemory<byte>> put) : Stream
{
    private const int Size = 64 * 1024;

    private readonly byte[] _chunk = new byte[PngChunk.HeaderSize + 4 + Size + 4];
    private int _count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private int Start => PngChunk.HeaderSize + (sequence is null ? 0 : 4);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, Size - _count)];
            part.CopyTo(_chunk.AsSpan(Start + _count));
            _count += part.Length;
            buffer = buffer[part.Length..];
            if (_count == Size)
            {
                Finish();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Puts what is left.</summary>
    public void Finish()
    {
        if (_count == 0)
        {
            return;
        }

        var end = Start + _count;
        BinaryPrimitives.WriteInt32BigEndian(_chunk, end - PngChunk.HeaderSize);
        Encoding.ASCII.GetBytes(type, _chunk.AsSpan(4));
        if (sequence is not null)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_chunk.AsSpan(PngChunk.HeaderSize), sequence.Next());
        }

        BinaryPrimitives.WriteUInt32BigEndian(_chunk.AsSpan(end), Crc32.Of(_chunk.AsSpan(4, end - 4)));
        put(_chunk.AsMemory(0, end + 4));
        _count = 0;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
