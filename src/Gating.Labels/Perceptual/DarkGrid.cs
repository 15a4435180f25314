using Gating.Labels.Explicit.Drawing;

namespace Gating.Labels.Perceptual;

/// <summary>
/// How dark a picture is, averaged by area over a grid of 64 by 64 cells. Whatever covers a place is shared out exactly among the cells that it touches, in whole numbers; what nothing
/// covers is white.
/// </summary>
/// <param name="width">Of the picture, in units of the caller's: whole ones, so that nothing is rounded.</param>
/// <param name="one">The value of one step of 255.</param>
internal sealed class DarkGrid(long width, long height, int one)
{
    public const int Side = 64;

    private readonly long[] _sums = new long[Side * Side];
    private readonly long[] _row = new long[Side];

    public void Add(long left, long top, long wide, long high, long value)
    {
        var (right, bottom) = (Math.Min(left + wide, width) * Side, Math.Min(top + high, height) * Side);
        for (var (y, cellY) = (top * Side, top * Side / height); y < bottom; y = ++cellY * height)
        {
            var rows = Math.Min(bottom, (cellY + 1) * height) - y;
            for (var (x, cell) = (left * Side, left * Side / width); x < right; x = ++cell * width)
            {
                _sums[(cellY * Side) + cell] += value * rows * (Math.Min(right, (cell + 1) * width) - x);
            }
        }
    }

    /// <param name="darkness">Of a pixel, 0 to 255 times what one step is.</param>
    public void AddRow(RowPart part, ReadOnlySpan<byte> row, Luma darkness)
    {
        Array.Clear(_row);
        for (var i = part.IndexOf(width) - 1; i >= 0; i--)
        {
            if (darkness(row, i) is var value && value != 0)
            {
                var (from, to) = (part.XOf(i) * Side, (part.XOf(i) + 1) * Side);
                for (var cell = from / width; from < to; from = ++cell * width)
                {
                    _row[cell] += value * (Math.Min(to, (cell + 1) * width) - from);
                }
            }
        }

        var bottom = Math.Min(part.Y + 1, height) * Side;
        for (var (y, cell) = (part.Y * Side, part.Y * Side / height); y < bottom; y = ++cell * height)
        {
            var rows = Math.Min(bottom, (cell + 1) * height) - y;
            for (var i = 0; i < Side; i++)
            {
                _sums[(cell * Side) + i] += _row[i] * rows;
            }
        }
    }

    /// <summary>Of each cell, row by row, in steps of 255.</summary>
    public double[] Means() => [.. _sums.Select(sum => sum / ((double)width * height * one))];
}
