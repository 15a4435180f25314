using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>A scan: the means of the blocks of one colour or of several (ITU-T T.81, B.2.3, F.2, G.1.2.1).</summary>
internal sealed class JpegScan
{
    private const int LargestMean = 1 << 14;

    private readonly JpegFrame _frame;
    private readonly JpegBits _bits;
    private readonly (JpegColour Colour, JpegHuffman? Means, JpegHuffman? Others)[] _colours;
    private readonly int _restart;
    private readonly int _shift;
    private readonly bool _isFirst;
    private readonly bool _hasMeans;

    public JpegScan(MediaSource source, long at, byte[] header, JpegFrame frame, JpegHuffman?[] tables, int restart)
    {
        (_frame, _bits, _restart) = (frame, new(source, at), restart);
        var count = header.Length > 0 ? header[0] : 0;
        if (count is < 1 or > 3 || header.Length < 4 + (2 * count))
        {
            throw MediaException.Malformed(at, "The header of a scan ends too early.");
        }

        var (from, shifts) = (header[1 + (2 * count)], header[3 + (2 * count)]);
        (_hasMeans, _isFirst, _shift) = frame.IsProgressive ? (from == 0, shifts >> 4 == 0, shifts & 15) : (true, true, 0);
        _colours = new (JpegColour, JpegHuffman?, JpegHuffman?)[count];
        for (var i = 0; i < count; i++)
        {
            var (id, used) = (header[1 + (2 * i)], header[2 + (2 * i)]);
            var colour = Array.Find(frame.Colours, colour => colour.Id == id);
            if (colour is null || used >> 4 > 3 || (used & 15) > 3 || Array.Exists(_colours, other => ReferenceEquals(other.Colour, colour)))
            {
                throw MediaException.Malformed(at, "A scan of a colour that is not there, or there twice.");
            }

            _colours[i] = (colour, tables[used >> 4], frame.IsProgressive ? null : tables[4 + (used & 15)]);
            Begin(colour, shifts >> 4, at);
        }
    }

    /// <summary>Where the next marker stands.</summary>
    public long AddTo(DarkGrid grid, int[] steps)
    {
        if (_hasMeans)
        {
            Walk(grid, steps);
        }

        return _bits.End();
    }

    // Each scan of means adds bits to those that came before: none can come twice, so that a file cannot keep its reader busy.
    private void Begin(JpegColour colour, int before, long at)
    {
        if (!_hasMeans)
        {
            return;
        }

        if (_isFirst ? colour.Missing >= 0 || _shift > 13 : colour.Missing != before || _shift != before - 1)
        {
            throw MediaException.Malformed(at, "Scans that do not follow from each other.");
        }

        (colour.Missing, colour.Mean) = (_shift, 0);
    }

    private void Walk(DarkGrid grid, int[] steps)
    {
        // One colour alone comes in rows of its own blocks, several in units that hold some blocks of each.
        var alone = _colours.Length == 1 ? _colours[0].Colour : null;
        var columns = alone is null ? Up(_frame.Width, 8 * _frame.MostWide) : Up(Up(_frame.Width * alone.Wide, _frame.MostWide), 8);
        var rows = alone is null ? Up(_frame.Height, 8 * _frame.MostHigh) : Up(Up(_frame.Height * alone.High, _frame.MostHigh), 8);
        for (var unit = 0L; unit < (long)columns * rows; unit++)
        {
            if (_restart > 0 && unit > 0 && unit % _restart == 0)
            {
                _bits.Restart();
                Array.ForEach(_colours, static part => part.Colour.Mean = 0);
            }

            foreach (var part in _colours)
            {
                var (wide, high) = alone is null ? (part.Colour.Wide, part.Colour.High) : (1, 1);
                for (var i = 0; i < wide * high; i++)
                {
                    var value = Math.Clamp(Block(part.Colour, part.Means, part.Others) * steps[part.Colour.Steps], -LargestMean, LargestMean);
                    if (part.Colour.Weight > 0)
                    {
                        Put(grid, part.Colour, (unit % columns * wide) + (i % wide), (unit / columns * high) + (i / wide), value);
                    }
                }
            }
        }
    }

    private void Put(DarkGrid grid, JpegColour colour, long column, long row, int value)
    {
        var (wide, high) = (8 * _frame.Units.Wide * _frame.MostWide / colour.Wide, 8 * _frame.Units.High * _frame.MostHigh / colour.High);
        if (column * wide < (long)_frame.Width * _frame.Units.Wide && row * high < (long)_frame.Height * _frame.Units.High)
        {
            grid.Add(column * wide, row * high, wide, high, -(long)value * colour.Weight);
        }
    }

    private int Block(JpegColour colour, JpegHuffman? means, JpegHuffman? rest)
    {
        if (!_isFirst)
        {
            return _bits.Read(1) << _shift;
        }

        var size = (means ?? throw _bits.Malformed("A scan without its codes.")).Read(_bits);
        colour.Mean += size <= 15 ? _bits.ReadSigned(size) : throw _bits.Malformed("A difference of too many bits.");
        if (Math.Abs(colour.Mean) > LargestMean)
        {
            throw _bits.Malformed("A mean that none can be.");
        }

        if (!_frame.IsProgressive)
        {
            Pass(rest ?? throw _bits.Malformed("A scan without its codes."));
        }

        return colour.Mean << _shift;
    }

    // What else a block holds: how many zeros, and how many bits the next value has (F.2.2.2).
    private void Pass(JpegHuffman rest)
    {
        for (var i = 1; i < 64; i++)
        {
            var code = rest.Read(_bits);
            if (code == 0)
            {
                return;
            }

            i += code >> 4;
            _bits.Skip(code & 15);
        }
    }

    private static int Up(int number, int by) => (number + by - 1) / by;
}
