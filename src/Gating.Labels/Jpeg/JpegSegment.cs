using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Jpeg;

internal enum JpegSegmentKind
{
    Other = 0,
    StartOfImage = 1,
    Jfif = 2,
    Exif = 3,
    Xmp = 4,
    C2pa = 5,
    StartOfScan = 6,
}

/// <summary>A marker segment: <c>FF</c>, marker, two bytes of length that count themselves, content.</summary>
/// <param name="ContentOffset">Behind the length and the name that tells its kind.</param>
internal sealed record JpegSegment(JpegSegmentKind Kind, long Offset, long ContentOffset, long End)
{
    private const int MaxSegments = 10_000;
    private const byte App0 = 0xE0;
    private const byte App1 = 0xE1;
    private const byte App11 = 0xEB;
    private const byte Scan = 0xDA;
    private const byte EndOfImage = 0xD9;

    public static ReadOnlySpan<byte> Start => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> XmpName => "http://ns.adobe.com/xap/1.0/\0"u8;

    private static ReadOnlySpan<byte> ExifName => "Exif\0\0"u8;

    /// <summary>All segments up to the first scan, that one included; what follows is pixels.</summary>
    public static IReadOnlyList<JpegSegment> ReadHeader(MediaSource source)
    {
        var segments = new List<JpegSegment> { new(JpegSegmentKind.StartOfImage, 0, 2, 2) };
        var at = 2L;
        while (segments[^1].Kind is not JpegSegmentKind.StartOfScan)
        {
            if (segments.Count > MaxSegments)
            {
                throw MediaException.Unsupported(at, $"More than {MaxSegments} segments before the first scan.");
            }

            var segment = ReadOne(source, at);
            segments.Add(segment);
            at = segment.End;
        }

        return segments;
    }

    public static byte[] OfXmp(ReadOnlySpan<byte> packet)
    {
        var bytes = new byte[4 + XmpName.Length + packet.Length];
        (bytes[0], bytes[1]) = (0xFF, App1);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(bytes.Length - 2));
        XmpName.CopyTo(bytes.AsSpan(4));
        packet.CopyTo(bytes.AsSpan(4 + XmpName.Length));
        return bytes;
    }

    public byte[] ReadContent(MediaSource source) => source.ReadBytes(ContentOffset, End - ContentOffset, ushort.MaxValue);

    private static JpegSegment ReadOne(MediaSource source, long at)
    {
        var offset = at;
        if (source.ReadByte(at) != 0xFF)
        {
            throw MediaException.Malformed(at, "A segment does not start with its marker.");
        }

        byte marker;

        // Any number of fill bytes may stand before a marker (B.1.1.2).
        while ((marker = source.ReadByte(++at)) == 0xFF)
        {
        }

        at++;
        if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
        {
            return new(JpegSegmentKind.Other, offset, at, at);
        }

        if (marker is 0 or EndOfImage)
        {
            throw MediaException.Malformed(offset, "The image ends before its first scan.");
        }

        var length = source.ReadUInt16BigEndian(at);
        if (length < 2)
        {
            throw MediaException.Malformed(at, "A segment is shorter than its own length.");
        }

        source.Demand(at, length);
        var (kind, name) = KindOf(source, marker, at + 2, at + length);
        return new(kind, offset, at + 2 + name, at + length);
    }

    private static (JpegSegmentKind Kind, int NameLength) KindOf(MediaSource source, byte marker, long content, long end)
    {
        return marker switch
        {
            Scan => (JpegSegmentKind.StartOfScan, 0),
            App0 when Starts("JFIF\0"u8) || Starts("JFXX\0"u8) => (JpegSegmentKind.Jfif, 0),
            App1 when Starts(XmpName) => (JpegSegmentKind.Xmp, XmpName.Length),
            App1 when Starts(ExifName) => (JpegSegmentKind.Exif, ExifName.Length),

            // JUMBF in APP11: "JP", box instance, packet number, then a box of type jumb (ISO/IEC 19566-5).
            App11 when Starts("JP"u8) && end - content > 16 && source.StandsAt(content + 12, "jumb"u8) => (JpegSegmentKind.C2pa, 0),
            _ => (JpegSegmentKind.Other, 0),
        };

        bool Starts(ReadOnlySpan<byte> name) => end - content >= name.Length && source.StandsAt(content, name);
    }
}
