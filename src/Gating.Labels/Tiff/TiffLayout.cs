using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>What of a file's structure depends on its byte order and on TIFF 6.0 or BigTIFF: widths, and how numbers are read and written.</summary>
internal sealed class TiffLayout(MediaSource source, bool isLittleEndian, bool isBig)
{
    public MediaSource Source => source;

    public bool IsLittleEndian => isLittleEndian;

    /// <summary>Where the offset of the first IFD stands.</summary>
    public long FirstIfdAt => isBig ? 8 : 4;

    /// <summary>Of a directory's number of entries.</summary>
    public int CountSize => isBig ? 8 : 2;

    public int EntrySize => isBig ? 20 : 12;

    /// <summary>Of offsets, and of values that stand in their entry.</summary>
    public int OffsetSize => isBig ? 8 : 4;

    /// <summary>What a new directory starts at a multiple of: a word (TIFF 6.0, section 2), eight bytes in BigTIFF.</summary>
    public int Alignment => isBig ? 8 : 2;

    public static bool Recognizes(ReadOnlySpan<byte> start) =>
        start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8) || start.StartsWith("II+\0\x08\0\0\0"u8) || start.StartsWith("MM\0+\0\x08\0\0"u8);

    public static TiffLayout Of(MediaSource source)
    {
        Span<byte> start = stackalloc byte[4];
        source.Read(0, start);
        return new(source, start[0] == (byte)'I', start.Contains((byte)'+'));
    }

    public ushort ReadUInt16(long at) => isLittleEndian ? source.ReadUInt16LittleEndian(at) : source.ReadUInt16BigEndian(at);

    public uint ReadUInt32(long at) => isLittleEndian ? source.ReadUInt32LittleEndian(at) : source.ReadUInt32BigEndian(at);

    /// <summary>An offset or a count: four bytes, or eight in BigTIFF.</summary>
    public long ReadOffset(long at)
    {
        if (!isBig)
        {
            return ReadUInt32(at);
        }

        var wide = isLittleEndian ? source.ReadUInt64LittleEndian(at) : source.ReadUInt64BigEndian(at);
        return wide <= long.MaxValue ? (long)wide : throw MediaException.Malformed(at, "An offset or a count that no file can have.");
    }

    public long ReadIfdCount(long at) => isBig ? ReadOffset(at) : ReadUInt16(at);

    public byte[] OfOffset(long value)
    {
        var bytes = new byte[OffsetSize];
        if (isBig)
        {
            Put(bytes, (ulong)value);
            return bytes;
        }

        Put(bytes, value <= uint.MaxValue ? (uint)value : throw MediaException.Unsupported(source.Length, "Behind 4 GiB there is no room for a label in a TIFF."));
        return bytes;
    }

    public byte[] OfIfdCount(long count)
    {
        if (isBig)
        {
            return OfOffset(count);
        }

        var bytes = new byte[2];
        Put(bytes, count <= ushort.MaxValue ? (ushort)count : throw MediaException.Unsupported(source.Length, "The first directory is full."));
        return bytes;
    }

    public byte[] OfEntry(ushort tag, ushort type, long count, long offset)
    {
        var head = new byte[4];
        Put(head, tag);
        Put(head.AsSpan(2), type);
        return [.. head, .. OfOffset(count), .. OfOffset(offset)];
    }

    private void Put(Span<byte> into, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(into, isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private void Put(Span<byte> into, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(into, isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private void Put(Span<byte> into, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(into, isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
}
