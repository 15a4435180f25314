using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>What the chunks of a picture hold together: a zlib stream. Their CRCs are checked on the way.</summary>
internal sealed class PngData(MediaSource source, PngFrame frame) : ReadOnlyStream
{
    private long _next = frame.First.Offset;
    private long _at;
    private long _left;
    private uint _crc;
    private bool _isOpen;

    public override int Read(Span<byte> buffer)
    {
        while (_left == 0)
        {
            if (!Advance())
            {
                return 0;
            }
        }

        var part = buffer[..(int)Math.Min(buffer.Length, _left)];
        source.Read(_at, part);
        _crc = Crc32.Append(_crc, part);
        _at += part.Length;
        _left -= part.Length;
        return part.Length;
    }

    // Of fdAT, the first four bytes are a sequence number.
    private bool Advance()
    {
        if (_isOpen && source.ReadUInt32BigEndian(_at) != _crc)
        {
            throw MediaException.Malformed(_at, "The CRC of a chunk of pixels is wrong.");
        }

        _isOpen = _next < frame.Last.End;
        if (!_isOpen)
        {
            return false;
        }

        var chunk = PngChunk.ReadOne(source, _next);
        var skipped = frame.IsDefault ? 0 : 4;
        if (chunk.Length < skipped)
        {
            throw MediaException.Malformed(_next, "A chunk of a frame without its number.");
        }

        Span<byte> start = stackalloc byte[4 + skipped];
        source.Read(_next + 4, start);
        _crc = Crc32.Of(start);
        (_at, _left, _next) = (_next + PngChunk.HeaderSize + skipped, chunk.Length - skipped, chunk.End);
        return true;
    }
}

/// <summary>What a stream has to say that is only read.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
