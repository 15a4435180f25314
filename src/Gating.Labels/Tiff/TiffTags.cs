using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>The numbers that a directory says of its picture.</summary>
internal sealed class TiffTags
{
    public const ushort NewSubfileType = 254;
    public const ushort ImageWidth = 256;
    public const ushort ImageLength = 257;
    public const ushort BitsPerSample = 258;
    public const ushort Compression = 259;
    public const ushort Photometric = 262;
    public const ushort FillOrder = 266;
    public const ushort StripOffsets = 273;
    public const ushort SamplesPerPixel = 277;
    public const ushort RowsPerStrip = 278;
    public const ushort StripByteCounts = 279;
    public const ushort PlanarConfiguration = 284;
    public const ushort ColorMap = 320;
    public const ushort TileWidth = 322;
    public const ushort TileLength = 323;
    public const ushort TileOffsets = 324;
    public const ushort TileByteCounts = 325;
    public const ushort SampleFormat = 339;

    private readonly TiffLayout _layout;
    private readonly Dictionary<ushort, (int Width, long Count, long At)> _values = [];

    public TiffTags(TiffLayout layout, TiffIfd ifd)
    {
        (_layout, Offset) = (layout, ifd.Offset);
        Structure.Add((ifd.Offset, ifd.End));
        var at = ifd.Offset + layout.CountSize;
        for (var i = 0L; i < ifd.Count; i++, at += layout.EntrySize)
        {
            if (layout.ReadUInt16(at) is var tag and <= SampleFormat and >= NewSubfileType)
            {
                Add(tag, at);
            }
        }
    }

    /// <summary>Of the directory.</summary>
    public long Offset { get; }

    /// <summary>Where the directory and its values stand.</summary>
    public List<(long From, long To)> Structure { get; } = [];

    public long Count(ushort tag) => _values.TryGetValue(tag, out var values) ? values.Count : 0;

    public bool Has(ushort tag) => _values.ContainsKey(tag);

    public long Get(ushort tag, long absent) => Has(tag) ? Get(tag, index: 0L, what: "value") : absent;

    public long Get(ushort tag, long index, string what)
    {
        if (!_values.TryGetValue(tag, out var values) || index < 0 || index >= values.Count)
        {
            throw MediaException.Malformed(Offset, $"The {what} of the picture is missing (tag {tag}).");
        }

        var at = values.At + (index * values.Width);
        return values.Width switch
        {
            1 => _layout.Source.ReadByte(at),
            2 => _layout.ReadUInt16(at),
            4 => _layout.ReadUInt32(at),
            _ => _layout.ReadOffset(at),
        };
    }

    // BYTE, SHORT, LONG, IFD and, in BigTIFF, LONG8 and IFD8; what is of another type is no number of a picture.
    private void Add(ushort tag, long entry)
    {
        var width = _layout.ReadUInt16(entry + 2) switch
        {
            1 => 1,
            3 => 2,
            4 or 13 => 4,
            16 or 18 when _layout.OffsetSize == 8 => 8,
            _ => 0,
        };
        var (count, value) = (_layout.ReadOffset(entry + 4), entry + 4 + _layout.OffsetSize);
        if (width == 0 || count > _layout.Source.Length || !_values.TryAdd(tag, (width, count, count * width <= _layout.OffsetSize ? value : _layout.ReadOffset(value))))
        {
            return;
        }

        if (count * width > _layout.OffsetSize)
        {
            var from = _values[tag].At;
            _layout.Source.Demand(from, count * width);
            Structure.Add((from, from + (count * width)));
        }
    }
}
