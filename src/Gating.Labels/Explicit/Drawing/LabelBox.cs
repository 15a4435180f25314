using Gating.Labels.Media;

namespace Gating.Labels.Explicit.Drawing;

/// <summary>
/// Where a label stands in a picture, and which of its pixels are ink (GB 45438-2025, 5.2: on an edge or in a corner, at least 5 % of the shortest side high). All of it is laid out in blocks
/// of <see cref="Scale"/> by <see cref="Scale"/> pixels that are counted from the bottom right corner, so that a reader needs no more than the picture's size.
/// </summary>
internal sealed class LabelBox
{
    /// <summary>Blocks that the longest wording could take, with what is around it.</summary>
    public const int MaxColumns = (ExplicitWording.MaxLength * 2 * 8) + 4;
    public const int MaxRows = (2 * LabelFont.Height) + 4;

    private readonly bool[] _ink;
    private readonly int _columns;

    private LabelBox(long width, long height, int scale, LabelLayout layout, string[] lines)
    {
        Scale = scale;
        _columns = layout.Columns(lines);
        (Right, Bottom) = (width - (layout.Margin * scale), height - (layout.Margin * scale));
        (X, Y) = (Right - ((long)_columns * scale), Bottom - ((long)layout.Rows(lines) * scale));
        _ink = new bool[_columns * layout.Rows(lines)];
        for (var i = 0; i < lines.Length; i++)
        {
            Draw(lines[i], layout.PadX, layout.PadY + (i * LabelFont.Height));
        }
    }

    public int Scale { get; }

    public long X { get; }

    public long Y { get; }

    /// <summary>Behind its last column.</summary>
    public long Right { get; }

    /// <summary>Below its last row.</summary>
    public long Bottom { get; }

    /// <summary>So many times larger than drawn that capitals have 6 % of the shortest side.</summary>
    public static int ScaleOf(long width, long height) =>
        (int)Math.Min(int.MaxValue / MaxColumns, Math.Max(1, ((6 * Math.Min(width, height)) + (100 * LabelFont.CapitalHeight) - 1) / (100 * LabelFont.CapitalHeight)));

    /// <summary>In one line if that fits, else in two, each with some room around it if that fits.</summary>
    public static LabelBox Of(long width, long height, ExplicitWording wording)
    {
        var text = wording.Text.Trim();
        if (text.FirstOrDefault(static character => LabelFont.Of(character) is null) is var strange and not '\0')
        {
            throw MediaException.Unsupported(0, $"The label cannot be drawn: there is no glyph for {strange} here.");
        }

        var scale = ScaleOf(width, height);
        foreach (var lines in (string[][])[[text], Halves(text)])
        {
            foreach (var layout in LabelLayout.All)
            {
                if (layout.Columns(lines) + layout.Margin <= width / scale && layout.Rows(lines) + layout.Margin <= height / scale)
                {
                    return new(width, height, scale, layout, lines);
                }
            }
        }

        throw MediaException.Unsupported(0, $"A picture of {width} by {height} pixels is too small for a label that can be read.");
    }

    public bool IsInk(long x, long y) => _ink[((y - Y) / Scale * _columns) + ((x - X) / Scale)];

    public bool IsWithin(long left, long top, long right, long bottom) => left <= X && top <= Y && right >= Right && bottom >= Bottom;

    public bool Touches(long left, long top, long right, long bottom) => left < Right && top < Bottom && right > X && bottom > Y;

    // Between its two elements.
    private static string[] Halves(string text)
    {
        var at = text.AsSpan(1).IndexOfAny("生合") + 1;
        at = at > 0 ? at : text.AsSpan(1).IndexOfAny("A人") + 1;
        return at > 0 ? [text[..at].TrimEnd(), text[at..]] : [text];
    }

    private void Draw(string line, int padX, int top)
    {
        var right = _columns - padX;
        foreach (var glyph in line.Reverse().Select(static character => LabelFont.Of(character)!))
        {
            for (var row = 0; row < LabelFont.Height; row++)
            {
                for (var column = 0; column < glyph.Width; column++)
                {
                    _ink[((top + row) * _columns) + right - 1 - column] = ((glyph.Rows[row] >> column) & 1) != 0;
                }
            }

            right -= glyph.Width;
        }
    }
}

/// <summary>What stands around the lines, in blocks.</summary>
/// <param name="Margin">Between the picture's edges and the box.</param>
/// <param name="PadX">Between the box's edges and the lines.</param>
internal sealed record LabelLayout(int Margin, int PadX, int PadY)
{
    public static IReadOnlyList<LabelLayout> All { get; } = [new(2, 2, 1), new(0, 0, 0)];

    public int Columns(string[] lines) => lines.Max(static line => line.Sum(static character => LabelFont.Of(character)!.Width)) + (2 * PadX);

    public int Rows(string[] lines) => (lines.Length * LabelFont.Height) + (2 * PadY);
}
