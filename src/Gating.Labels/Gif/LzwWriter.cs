namespace Gating.Labels.Gif;

/// <summary>Packs the colour numbers of an image into sub-blocks; its table is cleared as soon as it is full.</summary>
internal sealed class LzwWriter
{
    private const int MaxCodes = 4096;

    /// <summary>Of the table in which a code and a colour are looked up: twice as many places as codes, and more.</summary>
    private const int Places = 16_384;

    private readonly int _codeSize;
    private readonly Action<ReadOnlyMemory<byte>> _put;
    private readonly int[] _keys = new int[Places];
    private readonly ushort[] _codes = new ushort[Places];
    private readonly byte[] _block = new byte[256];
    private int _count;
    private int _bits;
    private int _bitCount;
    private int _width;
    private int _next;
    private int _before = -1;

    public LzwWriter(int codeSize, Action<ReadOnlyMemory<byte>> put)
    {
        (_codeSize, _put, _width) = (codeSize, put, codeSize + 1);
        put(new byte[] { (byte)codeSize });
        Clear();
    }

    private int ClearCode => 1 << _codeSize;

    public void Write(ReadOnlySpan<byte> row)
    {
        foreach (var colour in row)
        {
            if (_before < 0)
            {
                _before = colour;
                continue;
            }

            var place = PlaceOf((_before << 8) | colour);
            if (_keys[place] >= 0)
            {
                _before = _codes[place];
                continue;
            }

            Put(_before);
            Learn(place, (_before << 8) | colour);
            _before = colour;
        }
    }

    public void Finish()
    {
        if (_before >= 0)
        {
            Put(_before);

            // The reader learns a code from this one too, and may read the next with one more bit.
            Widen(_next);
        }

        Put(ClearCode + 1);
        if (_bitCount > 0)
        {
            Byte();
        }

        Flush();
        _put(new byte[1]);
    }

    private void Learn(int place, int key)
    {
        if (_next == MaxCodes)
        {
            Clear();
            return;
        }

        (_keys[place], _codes[place]) = (key, (ushort)_next);
        Widen(_next++);
    }

    // The reader is one code behind: it learns a code with the one that follows it.
    private void Widen(int learnt)
    {
        if (learnt == 1 << _width && _width < 12)
        {
            _width++;
        }
    }

    private void Clear()
    {
        Put(ClearCode);
        (_width, _next) = (_codeSize + 1, ClearCode + 2);
        Array.Fill(_keys, -1);
    }

    private int PlaceOf(int key)
    {
        var place = (int)(((uint)key * 2_654_435_761) >> 18);
        while (_keys[place] >= 0 && _keys[place] != key)
        {
            place = (place + 1) % Places;
        }

        return place;
    }

    private void Put(int code)
    {
        _bits |= code << _bitCount;
        _bitCount += _width;
        while (_bitCount >= 8)
        {
            Byte();
        }
    }

    private void Byte()
    {
        _block[1 + _count++] = (byte)_bits;
        _bits >>= 8;
        _bitCount -= 8;
        if (_count == 255)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        _block[0] = (byte)_count;
        _put(_block.AsMemory(0, 1 + _count));
        _count = 0;
    }
}
