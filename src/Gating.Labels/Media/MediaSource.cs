using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Gating.Labels.Media;

/// <summary>
/// A file that is read by offset. Every read is checked against what is there: beyond the end is <see cref="MediaFault.Truncated"/>, never a short answer. Small reads come from one
/// window of the file, so that hopping over its structure costs few reads of the stream. Not for concurrent use.
/// </summary>
internal sealed class MediaSource : IDisposable
{
    private const int WindowSize = 64 * 1024;

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "It is the caller's.")]
    private readonly Stream _stream;

    private readonly byte[] _window = ArrayPool<byte>.Shared.Rent(WindowSize);
    private long _windowStart;
    private int _windowLength;

    /// <param name="stream">Seekable; its length must not change while it is read.</param>
    public MediaSource(Stream stream)
    {
        if (!stream.CanSeek || !stream.CanRead)
        {
            throw new ArgumentException("Labels are read and written in streams that can be read and sought.", nameof(stream));
        }

        _stream = stream;
        Length = stream.Length;
    }

    public long Length { get; }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_window);

    /// <summary>The whole file's SHA-256, begun on a thread of its own; null where that is not worth it.</summary>
    public BackgroundHash? HashInBackground() => BackgroundHash.OfWhole(_stream);

    /// <summary>Fills <paramref name="into"/> from <paramref name="offset"/> on.</summary>
    public void Read(long offset, Span<byte> into)
    {
        Demand(offset, into.Length);
        if (into.Length > WindowSize)
        {
            _stream.Position = offset;
            _stream.ReadExactly(into);
            return;
        }

        Window(offset, into.Length).CopyTo(into);
    }

    /// <summary>Bytes of a part that is held in memory: at most <paramref name="limit"/> of them, above it <see cref="MediaFault.Unsupported"/>.</summary>
    public byte[] ReadBytes(long offset, long length, int limit)
    {
        Demand(offset, length);
        if (length > limit)
        {
            throw MediaException.Unsupported(offset, $"A part of {length} bytes; at most {limit} are held in memory.");
        }

        var bytes = new byte[length];
        Read(offset, bytes);
        return bytes;
    }

    public byte ReadByte(long offset) => Window(offset, 1)[0];

    public ushort ReadUInt16BigEndian(long offset) => BinaryPrimitives.ReadUInt16BigEndian(Window(offset, 2));

    public ushort ReadUInt16LittleEndian(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(Window(offset, 2));

    public uint ReadUInt32BigEndian(long offset) => BinaryPrimitives.ReadUInt32BigEndian(Window(offset, 4));

    public uint ReadUInt32LittleEndian(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Window(offset, 4));

    public ulong ReadUInt64BigEndian(long offset) => BinaryPrimitives.ReadUInt64BigEndian(Window(offset, 8));

    public ulong ReadUInt64LittleEndian(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(Window(offset, 8));

    /// <summary>True where these bytes stand at <paramref name="offset"/>; false also beyond the end.</summary>
    public bool StandsAt(long offset, ReadOnlySpan<byte> bytes) => offset >= 0 && offset <= Length - bytes.Length && Window(offset, bytes.Length).SequenceEqual(bytes);

    /// <summary>Throws unless <paramref name="length"/> bytes stand at <paramref name="offset"/>.</summary>
    public void Demand(long offset, long length)
    {
        if (length < 0 || offset < 0 || offset > Length)
        {
            throw MediaException.Malformed(Math.Clamp(offset, 0, Length), "A length or a place that cannot be.");
        }

        if (length > Length - offset)
        {
            throw new MediaException(MediaFault.Truncated, offset, $"{length} bytes are announced, and {Length - offset} are there.");
        }
    }

    /// <summary>Valid until the next read.</summary>
    private ReadOnlySpan<byte> Window(long offset, int length)
    {
        Demand(offset, length);
        if (offset < _windowStart || offset + length > _windowStart + _windowLength)
        {
            _stream.Position = offset;
            (_windowStart, _windowLength) = (offset, _stream.ReadAtLeast(_window, length, throwOnEndOfStream: false));
            if (_windowLength < length)
            {
                throw new MediaException(MediaFault.Truncated, offset, "The file became shorter while it was read.");
            }
        }

        return _window.AsSpan((int)(offset - _windowStart), length);
    }

    /// <summary>Copies a part of the file to <paramref name="output"/>, past the window.</summary>
    public void CopyTo(long offset, long length, byte[] buffer, Action<ReadOnlyMemory<byte>> output)
    {
        Demand(offset, length);
        _stream.Position = offset;
        while (length > 0)
        {
            var read = _stream.Read(buffer, 0, (int)Math.Min(buffer.Length, length));
            if (read == 0)
            {
                throw new MediaException(MediaFault.Truncated, _stream.Position, "The file became shorter while it was copied.");
            }

            output(buffer.AsMemory(0, read));
            length -= read;
        }
    }
}
