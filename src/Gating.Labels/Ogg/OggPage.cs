using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Ogg;

/// <summary>A page (RFC 3533, 6): 27 bytes of header, a lacing value for each segment, the segments.</summary>
internal sealed record OggPage(long Offset, byte Flags, ulong Granule, uint Serial, uint Sequence, byte[] Lacing, int PayloadLength)
{
    public const int HeaderSize = 27;
    public const int SequenceOffset = 18;
    public const int CrcOffset = 22;
    public const int MaxSegments = 255;
    public const int MaxSize = HeaderSize + MaxSegments + (MaxSegments * 255);
    public const byte Continued = 1;
    public const byte First = 2;
    public const byte Last = 4;

    /// <summary>On a page on which no packet ends.</summary>
    public const ulong NoGranule = ulong.MaxValue;

    public static ReadOnlySpan<byte> Magic => "OggS"u8;

    public long PayloadOffset => Offset + HeaderSize + Lacing.Length;

    public long End => PayloadOffset + PayloadLength;

    /// <summary>Whether its last segment ends a packet.</summary>
    public bool EndsPacket => Lacing is [.., < 255];

    public bool Has(byte flag) => (Flags & flag) != 0;

    public static OggPage Read(MediaSource source, long at)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        source.Read(at, header);
        if (!header.StartsWith(Magic) || header[4] != 0)
        {
            throw MediaException.Malformed(at, "No Ogg page of version 0 stands where one has to.");
        }

        var lacing = source.ReadBytes(at + HeaderSize, header[26], MaxSegments);
        var page = new OggPage(
            at,
            header[5],
            BinaryPrimitives.ReadUInt64LittleEndian(header[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[14..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[SequenceOffset..]),
            lacing,
            lacing.Sum(static length => length));
        source.Demand(at, page.End - at);
        return page;
    }

    /// <summary>Its payload, after its CRC was found right.</summary>
    public byte[] ReadPayload(MediaSource source)
    {
        var bytes = source.ReadBytes(Offset, End - Offset, MaxSize);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(CrcOffset));
        bytes.AsSpan(CrcOffset, 4).Clear();
        return OggCrc.Of(bytes) == crc ? bytes[(HeaderSize + Lacing.Length)..] : throw MediaException.Malformed(Offset, "An Ogg page of the stream's headers has a wrong CRC.");
    }

    public static byte[] ToBytes(byte flags, ulong granule, uint serial, uint sequence, ReadOnlySpan<byte> lacing, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = [.. Magic, .. new byte[HeaderSize - 4], .. lacing, .. payload];
        bytes[5] = flags;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(6), granule);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(14), serial);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SequenceOffset), sequence);
        bytes[26] = (byte)lacing.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcOffset), OggCrc.Of(bytes));
        return bytes;
    }
}
