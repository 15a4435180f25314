using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>What changes in place, and may not run into each other or into a directory.</summary>
internal sealed class TiffPatches
{
    private readonly List<(long Offset, byte[] Bytes)> _patches = [];
    private readonly List<(long From, long To)> _structure;

    public TiffPatches(TiffLayout layout, IReadOnlyList<TiffIfd> pages)
    {
        _structure = [(0, layout.FirstIfdAt + layout.OffsetSize), .. pages.Select(static page => (page.Offset, page.End))];
        if (TiffIfd.ExifOf(layout, pages[0]) is { } exif)
        {
            _structure.Add((exif.Offset, exif.End));
        }
    }

    public void Set(long offset, byte[] bytes) => _patches.Add((offset, bytes));

    /// <summary>Spaces where a label stood.</summary>
    public void Blank(long offset, long length)
    {
        DemandFree(offset, offset + length);
        var spaces = new byte[length];
        Array.Fill(spaces, (byte)' ');
        _patches.Add((offset, spaces));
    }

    /// <summary>Keeps the file up to <paramref name="end"/>, changed.</summary>
    /// <param name="isTail">What stands from <paramref name="end"/> on is given up.</param>
    public Splice Apply(Splice splice, long end, bool isTail)
    {
        if (isTail)
        {
            DemandFree(end, long.MaxValue);
        }

        var kept = 0L;
        foreach (var (offset, bytes) in _patches.OrderBy(static patch => patch.Offset))
        {
            splice.Keep(kept, offset).Write(bytes);
            kept = offset + bytes.Length;
        }

        return splice.Keep(kept, end);
    }

    private void DemandFree(long from, long to)
    {
        if (_structure.Exists(part => from < part.To && part.From < to))
        {
            throw MediaException.Malformed(from, "A text or a packet runs into a directory.");
        }
    }
}
