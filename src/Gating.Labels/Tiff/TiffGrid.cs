using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>Where the rows of a picture stand: in tiles, or in strips, which are tiles of the picture's width.</summary>
internal sealed class TiffGrid
{
    private readonly TiffTags _tags;
    private readonly bool _isTiled;
    private readonly long _width;
    private readonly long _height;
    private readonly long _partWidth;
    private readonly long _partHeight;

    private TiffGrid(TiffTags tags, long width, long height)
    {
        (_tags, _width, _height) = (tags, width, height);
        _isTiled = tags.Has(TiffTags.TileOffsets);
        (_partWidth, _partHeight) = _isTiled
            ? (tags.Get(TiffTags.TileWidth, 0, "width of its tiles"), tags.Get(TiffTags.TileLength, 0, "height of its tiles"))
            : (width, Math.Min(height, tags.Get(TiffTags.RowsPerStrip, uint.MaxValue)));
        if (_partWidth is < 1 or > int.MaxValue || _partHeight is < 1 or > int.MaxValue)
        {
            throw MediaException.Malformed(tags.Offset, "Strips or tiles without extent.");
        }
    }

    private long Across => (_width + _partWidth - 1) / _partWidth;

    private long Down => (_height + _partHeight - 1) / _partHeight;

    public static TiffGrid Of(TiffTags tags, long width, long height) => new(tags, width, height);

    public IEnumerable<StoredRow> Rows(long from, long to, int plane, PixelCode code)
    {
        for (var y = from; y < to; y++)
        {
            for (var column = 0L; column < Across; column++)
            {
                yield return Row(y, column, plane, code);
            }
        }
    }

    // A tile is whole even where it stands out of the picture; the last strip ends with it.
    private StoredRow Row(long y, long column, int plane, PixelCode code)
    {
        var index = (((plane * Down) + (y / _partHeight)) * Across) + column;
        var (bytes, left) = (((_partWidth * code.Bits) + 7) / 8, column * _partWidth);
        var rows = _isTiled ? _partHeight : Math.Min(_partHeight, _height - (y / _partHeight * _partHeight));
        var offset = _tags.Get(_isTiled ? TiffTags.TileOffsets : TiffTags.StripOffsets, index, "place");
        var counts = _isTiled ? TiffTags.TileByteCounts : TiffTags.StripByteCounts;
        if (_tags.Has(counts) && _tags.Get(counts, index, "length") < (Int128)bytes * rows)
        {
            throw MediaException.Malformed(offset, "A strip or tile is shorter than its rows.");
        }

        return new(offset + (y % _partHeight * bytes), y, left, (int)Math.Min(_partWidth, _width - left), code);
    }
}
