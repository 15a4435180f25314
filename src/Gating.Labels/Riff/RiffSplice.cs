using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Riff;

/// <summary>A RIFF file that is put together from front to back; its size is filled in when the rest is planned.</summary>
internal sealed class RiffSplice
{
    private readonly Splice _splice = new();
    private readonly byte[] _size;
    private long _kept;

    /// <param name="sizeAt">Where the size of the outermost chunk stands.</param>
    /// <param name="width">4 bytes, or 8 in a <c>ds64</c> chunk.</param>
    public RiffSplice(long sizeAt = 4, int width = 4)
    {
        _size = new byte[width];
        Replace(sizeAt, sizeAt + width, _size);
    }

    /// <summary>Puts <paramref name="with"/> where the source has what stands between two places, which may be one and the same.</summary>
    public void Replace(long from, long to, ReadOnlyMemory<byte> with)
    {
        _splice.Keep(_kept, from).Write(with);
        _kept = to;
    }

    /// <summary>Puts a new chunk between two of the source. The last one of a file often lacks its padding, which it needs now.</summary>
    public void Insert(long at, ReadOnlyMemory<byte> chunk)
    {
        Replace(at, at, default);
        _splice.Write((_splice.Length & 1) == 1 ? new byte[1] : default).Write(chunk);
    }

    /// <param name="end">Where the outermost chunk of the source ends; what follows is kept behind it.</param>
    public Splice Close(MediaSource source, long end)
    {
        _splice.Keep(_kept, end);
        var size = _splice.Length - RiffChunk.HeaderSize;
        if (_size.Length == sizeof(long))
        {
            BinaryPrimitives.WriteInt64LittleEndian(_size, size);
        }
        else if (size < RiffChunk.UnknownLength)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_size, (uint)size);
        }
        else
        {
            throw MediaException.Unsupported(0, "With a label it would be larger than 4 GiB, which its size cannot say.");
        }

        return _splice.Keep(end, source.Length);
    }
}
