namespace Gating.Labels.Explicit.Drawing;

/// <summary>How bright the blocks of a picture's bottom right corner are, as far as a label could reach; collected row by row, and read as a label.</summary>
internal sealed class CornerLuma
{
    /// <summary>Of 255: two colours that nobody takes for one, and copies that were encoded anew keep apart.</summary>
    private const int MinContrast = 64;

    private readonly long _width;
    private readonly long _height;
    private readonly int _scale;
    private readonly int _columns;
    private readonly int _rows;
    private readonly long[] _sums;

    public CornerLuma(long width, long height)
    {
        (_width, _height, _scale) = (width, height, LabelBox.ScaleOf(width, height));
        (_columns, _rows) = ((int)Math.Min(LabelBox.MaxColumns, width / _scale), (int)Math.Min(LabelBox.MaxRows, height / _scale));
        _sums = new long[_columns * _rows];
        (Left, Top) = (width - ((long)_columns * _scale), height - ((long)_rows * _scale));
    }

    /// <summary>The first column that is looked at.</summary>
    public long Left { get; }

    /// <summary>The first row that is looked at.</summary>
    public long Top { get; }

    public void Add(RowPart part, ReadOnlySpan<byte> row, PixelCode code)
    {
        if (part.Y < Top || part.Y >= _height)
        {
            return;
        }

        var line = (int)((_height - 1 - part.Y) / _scale) * _columns;
        var to = part.IndexOf(_width);
        for (var i = part.IndexOf(Left); i < to; i++)
        {
            _sums[line + (int)((_width - 1 - part.XOf(i)) / _scale)] += code.Luma(row, i);
        }
    }

    /// <summary>Of what the box would cover.</summary>
    public int Mean(LabelBox box)
    {
        var (sum, count) = (0L, 0L);
        for (var row = (_height - box.Bottom) / _scale; row < (_height - box.Y) / _scale; row++)
        {
            for (var column = (_width - box.Right) / _scale; column < (_width - box.X) / _scale; column++, count++)
            {
                sum += At((int)column, (int)row);
            }
        }

        return (int)(sum / count);
    }

    /// <summary>The words that stand where a label does, exactly as they are drawn here; null where there are none.</summary>
    public string? Read()
    {
        foreach (var layout in LabelLayout.All)
        {
            var (right, bottom) = (layout.Margin + layout.PadX, layout.Margin + layout.PadY);
            var last = Line(right, bottom);
            var text = ExplicitWording.IsLabel(last) || last.Length == 0 ? last : Line(right, bottom + LabelFont.Height) + last;
            if (ExplicitWording.IsLabel(text))
            {
                return text;
            }
        }

        return null;
    }

    private int At(int column, int row) => (int)(_sums[(row * _columns) + column] / ((long)_scale * _scale));

    // From its right end, as far as glyphs go.
    private string Line(int right, int bottom)
    {
        if (right + 8 > _columns || bottom + LabelFont.Height > _rows || Threshold(right, bottom) is not { } threshold)
        {
            return string.Empty;
        }

        var text = new List<char>();
        while (text.Count <= ExplicitWording.MaxLength && Bits(right, bottom, threshold) is { } bits && GlyphOf(bits, _columns - right) is { } glyph)
        {
            text.Add(glyph.Character);
            right += glyph.Width;
        }

        text.Reverse();
        return string.Concat(text).Trim();
    }

    private static LabelGlyph? GlyphOf(ushort[] bits, int columns)
    {
        foreach (var glyph in LabelFont.All)
        {
            var mask = (1 << glyph.Width) - 1;
            var isSame = glyph.Width <= columns;
            for (var row = 0; isSame && row < bits.Length; row++)
            {
                isSame = (bits[row] & mask) == glyph.Rows[row];
            }

            if (isSame)
            {
                return glyph;
            }
        }

        return null;
    }

    /// <summary>What lies between ink and ground in the last eight columns, and how far from it both are; the top row of a line is ground.</summary>
    private (int Middle, int Distance, bool IsLightInk)? Threshold(int right, int bottom)
    {
        var (least, most) = (int.MaxValue, 0);
        for (var row = bottom; row < bottom + LabelFont.Height; row++)
        {
            for (var column = right; column < right + 8; column++)
            {
                (least, most) = (Math.Min(least, At(column, row)), Math.Max(most, At(column, row)));
            }
        }

        var middle = (least + most) / 2;
        return most - least < MinContrast ? null : (middle, (most - least) / 4, At(right, bottom + LabelFont.Height - 1) < middle);
    }

    /// <summary>Sixteen columns, or what there is of them; null where something is neither ink nor ground in the eight that any glyph has.</summary>
    private ushort[]? Bits(int right, int bottom, (int Middle, int Distance, bool IsLightInk) threshold)
    {
        var bits = new ushort[LabelFont.Height];
        for (var row = 0; row < bits.Length; row++)
        {
            for (var column = 0; column < Math.Min(16, _columns - right); column++)
            {
                var off = At(right + column, bottom + LabelFont.Height - 1 - row) - threshold.Middle;
                if (column < 8 && Math.Abs(off) < threshold.Distance)
                {
                    return null;
                }

                bits[row] |= (ushort)(off > 0 == threshold.IsLightInk ? 1 << column : 0);
            }
        }

        return bits;
    }
}
