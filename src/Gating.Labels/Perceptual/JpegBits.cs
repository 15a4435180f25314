using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>The bits of a scan, up to its next marker (ITU-T T.81, B.1.1.5 and F.2.2.5): a zero byte behind FF says that the FF is data.</summary>
internal sealed class JpegBits(MediaSource source, long at)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _at = at;
    private int _next;
    private int _filled;
    private uint _bits;
    private int _count;
    private int _missing;

    private long Offset => _at - _filled + _next;

    /// <summary>The next sixteen bits, zeros behind the end.</summary>
    public int Peek()
    {
        while (_count < 16)
        {
            var data = Data();
            _missing += data < 0 ? 8 : 0;
            _bits = (_bits << 8) | (uint)Math.Max(data, 0);
            _count += 8;
        }

        return (int)(_bits >> (_count - 16)) & 0xFFFF;
    }

    public void Skip(int count)
    {
        Peek();
        _count -= count;
        if (_count < _missing)
        {
            throw new MediaException(MediaFault.Truncated, Offset, "The pixels end too early.");
        }
    }

    /// <summary>A number of at most sixteen bits.</summary>
    public int Read(int count)
    {
        var value = Peek() >> (16 - count);
        Skip(count);
        return value;
    }

    /// <summary>A difference (F.2.2.1): numbers that begin with 0 are negative.</summary>
    public int ReadSigned(int count) => count == 0 ? 0 : Read(count) is var value && value < 1 << (count - 1) ? value - (1 << count) + 1 : value;

    /// <summary>Goes behind the restart marker that has to follow.</summary>
    public void Restart()
    {
        var marker = ToMarker();
        if (marker is < 0xD0 or > 0xD7)
        {
            throw Malformed("A restart marker is missing.");
        }

        _next += 2;
        (_bits, _count, _missing) = (0, 0, 0);
    }

    /// <summary>Where the next marker stands that is no restart; what comes before it is skipped.</summary>
    public long End()
    {
        while (ToMarker() is >= 0xD0 and <= 0xD7)
        {
            _next += 2;
        }

        return Offset;
    }

    public MediaException Malformed(string reason) => MediaException.Malformed(Offset, reason);

    private int ToMarker()
    {
        while (Data() >= 0)
        {
        }

        return Fill(2) ? _buffer[_next + 1] : throw new MediaException(MediaFault.Truncated, Offset, "The file ends in a scan.");
    }

    // -1 at a marker and at the end of the file.
    private int Data()
    {
        while (Fill(1))
        {
            if (_buffer[_next] != 0xFF)
            {
                return _buffer[_next++];
            }

            if (!Fill(2))
            {
                return -1;
            }

            switch (_buffer[_next + 1])
            {
                case 0:
                    _next += 2;
                    return 0xFF;
                case 0xFF:
                    // Any number of these may stand before a marker.
                    _next++;
                    break;
                default:
                    return -1;
            }
        }

        return -1;
    }

    private bool Fill(int count)
    {
        if (_filled - _next >= count)
        {
            return true;
        }

        var kept = _buffer.AsSpan(_next, _filled - _next);
        kept.CopyTo(_buffer);
        var more = (int)Math.Min(_buffer.Length - kept.Length, source.Length - _at);
        source.Read(_at, _buffer.AsSpan(kept.Length, more));
        (_next, _filled, _at) = (0, kept.Length + more, _at + more);
        return _filled >= count;
    }
}
