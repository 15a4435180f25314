using Gating.Labels.Media;

namespace Gating.Labels.Explicit.Drawing;

/// <summary>A row, or what a tile holds of one, that stands in the file as it is.</summary>
/// <param name="Offset">In the file.</param>
/// <param name="Left">Where its first pixel is in the picture.</param>
/// <param name="Count">Of its pixels.</param>
internal sealed record StoredRow(long Offset, long Y, long Left, int Count, PixelCode Code)
{
    /// <summary>Of one row; wider pictures are refused, so that a row can be held.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The bytes that hold the pixels from <paramref name="left"/> up to <paramref name="right"/>; pixels that share a byte with these come along.</summary>
    public (long Offset, int Bytes, RowPart Part) Slice(long left, long right)
    {
        var from = Math.Clamp(left - Left, 0, Count) / 8 * 8;
        var to = Math.Clamp(right - Left, 0, Count);
        var bytes = (((to - from) * Code.Bits) + 7) / 8;
        return bytes <= MaxBytes
            ? (Offset + (from * Code.Bits / 8), (int)Math.Max(0, bytes), new(Y, Left + from, 1, (int)Math.Max(0, to - from)))
            : throw MediaException.Unsupported(Offset, $"A row of more than {MaxBytes} bytes.");
    }
}

/// <summary>A picture whose rows stand in the file as they are, so that a label is drawn by changing bytes in place.</summary>
/// <param name="Rows">From one row up to another, in all planes and tiles.</param>
internal sealed record StoredPicture(long Width, long Height, Func<long, long, IEnumerable<StoredRow>> Rows)
{
    public CornerLuma Look(MediaSource source)
    {
        var corner = new CornerLuma(Width, Height);
        var buffer = Array.Empty<byte>();
        foreach (var row in Rows(corner.Top, Height))
        {
            var (offset, count, part) = row.Slice(corner.Left, Width);
            if (buffer.Length < count)
            {
                buffer = new byte[count];
            }

            source.Read(offset, buffer.AsSpan(0, count));
            corner.Add(part, buffer.AsSpan(0, count), row.Code);
        }

        return corner;
    }

    public void Paint(LabelBrush brush, PixelPatches patches)
    {
        foreach (var row in Rows(brush.Box.Y, brush.Box.Bottom))
        {
            var (offset, count, part) = row.Slice(brush.Box.X, brush.Box.Right);
            if (count > 0)
            {
                patches.Add(offset, count, (source, put) =>
                {
                    var bytes = new byte[count];
                    source.Read(offset, bytes);
                    brush.Paint(part, bytes, row.Code);
                    put(bytes);
                });
            }
        }
    }
}

/// <summary>Pixels that change in place; they may not run into each other, nor into what describes the picture.</summary>
internal sealed class PixelPatches
{
    private const int MaxPatches = 200_000;

    private readonly List<(long Offset, int Count, Action<MediaSource, Action<ReadOnlyMemory<byte>>> Make)> _patches = [];

    public void Add(long offset, int count, Action<MediaSource, Action<ReadOnlyMemory<byte>>> make)
    {
        if (_patches.Count == MaxPatches)
        {
            throw MediaException.Unsupported(offset, $"A label over more than {MaxPatches} parts of rows.");
        }

        _patches.Add((offset, count, make));
    }

    public Splice Apply(MediaSource source, IEnumerable<(long From, long To)> structure)
    {
        _patches.Sort(static (one, other) => one.Offset.CompareTo(other.Offset));
        var splice = new Splice();
        var kept = 0L;
        foreach (var (offset, count, make) in _patches)
        {
            source.Demand(offset, count);
            splice.Keep(kept, offset).Make(count, make);
            kept = offset + count;
        }

        foreach (var (from, to) in structure)
        {
            DemandFree(from, to);
        }

        return splice.Keep(kept, source.Length);
    }

    // They are in order and apart by now: the first that ends behind the start is the only one that can matter.
    private void DemandFree(long from, long to)
    {
        var (low, high) = (0, _patches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _patches[middle].Offset + _patches[middle].Count <= from ? (middle + 1, high) : (low, middle);
        }

        if (low < _patches.Count && _patches[low].Offset < to)
        {
            throw MediaException.Malformed(_patches[low].Offset, "Pixels run into what describes them.");
        }
    }
}
