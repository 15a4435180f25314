using System.Buffers.Binary;
using System.Numerics;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Bmp;

/// <summary>What the headers of a bitmap file say: BITMAPFILEHEADER, then one of the BITMAP…HEADERs, known by its size, then masks and colours.</summary>
internal sealed class BmpHeader
{
    private const int FileHeader = 14;
    private const int Core = 12;
    private const uint Rgb = 0;
    private const uint BitFields = 3;
    private const uint AlphaBitFields = 6;

    private readonly MediaSource _source;
    private readonly uint _size;
    private readonly int _bits;
    private readonly uint _compression;
    private readonly long _pixels;

    public BmpHeader(MediaSource source)
    {
        _source = source;
        (_pixels, _size) = (source.ReadUInt32LittleEndian(10), source.ReadUInt32LittleEndian(FileHeader));
        if (_size == Core)
        {
            (Width, Height, _bits) = (source.ReadUInt16LittleEndian(18), source.ReadUInt16LittleEndian(20), source.ReadUInt16LittleEndian(24));
        }
        else
        {
            (Width, Height) = ((int)source.ReadUInt32LittleEndian(18), (int)source.ReadUInt32LittleEndian(22));
            (IsTopDown, Height) = (Height < 0, Math.Abs(Height));
            (_bits, _compression) = (source.ReadUInt16LittleEndian(28), source.ReadUInt32LittleEndian(30));
        }

        Demand();
    }

    public long Width { get; }

    public long Height { get; }

    private bool IsTopDown { get; }

    /// <summary>Of a row: whole groups of four bytes.</summary>
    private long Stride => ((Width * _bits) + 31) / 32 * 4;

    private bool HasMasks => _compression is BitFields or AlphaBitFields;

    /// <summary>The sizes that there are headers of; of OS/2's longer ones, whose compressions have other numbers, none.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) =>
        start.Length > 26 && start.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(start[FileHeader..]) is Core or 40 or 52 or 56 or 108 or 124;

    public StoredPicture Picture()
    {
        var code = _bits <= 8 ? Palette().Code(_bits, FileHeader) : _bits == 24 ? SampleCode24 : Masked();
        return new(Width, Height, (from, to) => Rows(from, to, code));
    }

    private static PixelCode SampleCode24 { get; } = new(24, [0, 0, 0], [0xFF, 0xFF, 0xFF], static (row, i) => PixelCode.LumaOf(row[(3 * i) + 2], row[(3 * i) + 1], row[3 * i]));

    private IEnumerable<StoredRow> Rows(long from, long to, PixelCode code)
    {
        for (var y = from; y < to; y++)
        {
            yield return new(_pixels + ((IsTopDown ? y : Height - 1 - y) * Stride), y, 0, (int)Width, code);
        }
    }

    private void Demand()
    {
        if (Width <= 0 || Height == 0 || _pixels < FileHeader + _size)
        {
            throw MediaException.Malformed(FileHeader, "A bitmap without extent, or pixels within its header.");
        }

        if (_compression is not (Rgb or BitFields or AlphaBitFields))
        {
            throw MediaException.Unsupported(30, _compression is 1 or 2 ? "Pixels in run-length encoding (BI_RLE8, BI_RLE4)." : $"Pixels of compression {_compression}.");
        }

        if (_bits is not (1 or 4 or 8 or 16 or 24 or 32) || (HasMasks && _bits is not (16 or 32)))
        {
            throw MediaException.Malformed(28, $"Pixels of {_bits} bits.");
        }

        _source.Demand(_pixels, Stride * Height);
    }

    // As many colours as are announced, and fit between the headers and the pixels.
    private PixelPalette Palette()
    {
        var width = _size == Core ? 3 : 4;
        var at = FileHeader + _size;
        var announced = _size == Core ? 0 : _source.ReadUInt32LittleEndian(46);
        var count = (int)Math.Min(Math.Min(1 << _bits, announced == 0 ? int.MaxValue : announced), (_pixels - at) / width);
        var colours = _source.ReadBytes(at, (long)count * width, 1024);
        return PixelPalette.Of([.. Enumerable.Range(0, count).Select(i => PixelCode.LumaOf(colours[(i * width) + 2], colours[(i * width) + 1], colours[i * width]))], static _ => true);
    }

    // The fourth byte of a pixel without masks means nothing, but some readers take it for opacity as soon as one is not zero: it stays as it is.
    private PixelCode Masked()
    {
        if (!HasMasks && _bits == 32)
        {
            return new(32, [0, 0, 0], [0xFF, 0xFF, 0xFF], static (row, i) => PixelCode.LumaOf(row[(4 * i) + 2], row[(4 * i) + 1], row[4 * i]));
        }

        var (red, green, blue, alpha) = HasMasks ? (Mask(54), Mask(58), Mask(62), _size >= 56 || _compression is AlphaBitFields ? Mask(66) : 0) : (0x7C00u, 0x3E0u, 0x1Fu, 0u);
        if (red == 0 || green == 0 || blue == 0)
        {
            throw MediaException.Unsupported(54, "A colour without bits.");
        }

        var width = _bits / 8;
        return new(_bits, Bytes(alpha), Bytes(red | green | blue | alpha), (row, i) => Luma(width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * i)..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * i)..])));

        int Luma(uint pixel) => PixelCode.LumaOf(Value(pixel, red), Value(pixel, green), Value(pixel, blue));

        byte[] Bytes(uint pixel)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, pixel);
            return bytes[..width];
        }
    }

    private uint Mask(long at) => _pixels >= at + 4 ? _source.ReadUInt32LittleEndian(at) & (_bits == 16 ? 0xFFFF : uint.MaxValue) : throw MediaException.Malformed(at, "Pixels begin within the masks.");

    private static int Value(uint pixel, uint mask)
    {
        var shift = BitOperations.TrailingZeroCount(mask);
        return (int)((ulong)((pixel & mask) >> shift) * 255 / (mask >> shift));
    }
}
