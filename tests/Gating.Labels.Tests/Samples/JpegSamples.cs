using System.Buffers.Binary;
using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>JPEG files: the structure is right, the picture is eight by eight of one grey.</summary>
internal static class JpegSamples
{
    private const string Picture =
        "FFDB004300080606070605080707070909080A0C140D0C0B0B0C1912130F141D1A1F1E1D1A1C1C20242E2720222C231C1C2837292C30313434341F27393D38323C2E333432"
        + "FFC0000B080008000801011100FFC4001F0000010501010101010100000000000000000102030405060708090A0B"
        + "FFC400B5100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FA"
        + "FFDA0008010100003F00FBD28A2800A28A2803FFD9";

    private const string Xmp =
        """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>a camera</dc:source></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""";

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", []),
        Of("with JFIF", [Jfif]),
        Of("with JFIF and XMP", [Jfif, Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Encoding.UTF8.GetBytes(Xmp)])]),
        Of("with a comment and fill bytes", [Jfif, Segment(0xFE, "hello"u8), [0xFF, 0xFF], Segment(0xFE, "again"u8)]),
    ];

    private static byte[] Jfif => Segment(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);

    public static byte[] Segment(byte marker, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[4 + content.Length];
        (bytes[0], bytes[1]) = (0xFF, marker);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(2 + content.Length));
        content.CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    private static Sample Of(string what, byte[][] segments) => new("JPEG", what, [0xFF, 0xD8, .. segments.SelectMany(static segment => segment), .. Convert.FromHexString(Picture)]);
}
