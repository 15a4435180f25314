using Gating.Labels.Media;

namespace Gating.Labels.Gif;

/// <summary>Unpacks the colour numbers of an image (GIF89a, appendix F), one row after the other: codes of up to twelve bits, in sub-blocks.</summary>
internal sealed class LzwReader
{
    private const int MaxCodes = 4096;

    private readonly MediaSource _source;
    private readonly int _codeSize;
    private readonly ushort[] _prefix = new ushort[MaxCodes];
    private readonly byte[] _last = new byte[MaxCodes];
    private readonly byte[] _stack = new byte[MaxCodes + 1];
    private long _at;
    private int _left;
    private int _bits;
    private int _bitCount;
    private int _width;
    private int _next;
    private int _before = -1;
    private byte _first;
    private int _stacked;

    /// <param name="at">Of the byte that says how many bits a colour has; sub-blocks follow.</param>
    public LzwReader(MediaSource source, long at)
    {
        (_source, _codeSize, _at) = (source, source.ReadByte(at), at + 1);
        if (_codeSize is < 1 or > 8)
        {
            throw MediaException.Malformed(at, $"Colours of {_codeSize} bits.");
        }

        Clear();
    }

    private int ClearCode => 1 << _codeSize;

    public void Read(Span<byte> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            while (_stacked == 0)
            {
                Next();
            }

            row[i] = _stack[--_stacked];
        }
    }

    private void Clear() => (_width, _next, _before) = (_codeSize + 1, ClearCode + 2, -1);

    private void Next()
    {
        var code = Code();
        if (code == ClearCode)
        {
            Clear();
            return;
        }

        if (code == ClearCode + 1 || code > _next || (code == _next && (_before < 0 || _next == MaxCodes)) || (_before < 0 && code >= ClearCode))
        {
            throw MediaException.Malformed(_at, code == ClearCode + 1 ? "The image ends before its last row." : "A code that stands for nothing.");
        }

        Unfold(code);
        Learn();
        _before = code;
    }

    // The colours of a code come last first.
    private void Unfold(int code)
    {
        var current = code;
        if (code == _next)
        {
            _stack[_stacked++] = _first;
            current = _before;
        }

        for (; current > ClearCode; current = _prefix[current])
        {
            _stack[_stacked++] = _last[current];
        }

        _first = (byte)current;
        _stack[_stacked++] = _first;
    }

    // A full table stays as it is until it is cleared.
    private void Learn()
    {
        if (_before < 0 || _next == MaxCodes)
        {
            return;
        }

        (_prefix[_next], _last[_next]) = ((ushort)_before, _first);
        _next++;
        if (_next == 1 << _width && _width < 12)
        {
            _width++;
        }
    }

    private int Code()
    {
        while (_bitCount < _width)
        {
            if (_left == 0)
            {
                _left = _source.ReadByte(_at++);
                if (_left == 0)
                {
                    throw MediaException.Malformed(_at - 1, "The image ends before its last row.");
                }
            }

            _bits |= _source.ReadByte(_at++) << _bitCount;
            _bitCount += 8;
            _left--;
        }

        var code = _bits & ((1 << _width) - 1);
        _bits >>= _width;
        _bitCount -= _width;
        return code;
    }
}
