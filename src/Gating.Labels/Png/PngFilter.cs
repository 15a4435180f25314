using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>What a row is predicted from (W3C PNG, 9.2).</summary>
internal static class PngFilter
{
    private const int Sub = 1;
    private const int Up = 2;
    private const int Average = 3;
    private const int Paeth = 4;

    /// <summary>Makes of a filtered row the row itself.</summary>
    /// <param name="step">Bytes of a pixel, at least one.</param>
    public static void Undo(int type, int step, ReadOnlySpan<byte> filtered, ReadOnlySpan<byte> above, Span<byte> row)
    {
        if (type > Paeth)
        {
            throw MediaException.Malformed(0, $"A row of filter type {type}.");
        }

        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (byte)(filtered[i] + Predict(type, step, i, row, above));
        }
    }

    public static void Apply(int type, int step, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered)
    {
        for (var i = 0; i < row.Length; i++)
        {
            filtered[i] = (byte)(row[i] - Predict(type, step, i, row, above));
        }
    }

    private static int Predict(int type, int step, int i, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above)
    {
        var left = i >= step ? row[i - step] : 0;
        return type switch
        {
            Sub => left,
            Up => above[i],
            Average => (left + above[i]) / 2,
            Paeth => Nearest(left, above[i], i >= step ? above[i - step] : 0),
            _ => 0,
        };
    }

    private static int Nearest(int left, int above, int corner)
    {
        var (toLeft, toAbove, toCorner) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - (2 * corner)));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
