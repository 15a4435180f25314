using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>HEIF and AVIF files whose structure is right; the picture is eight bytes, <c>picture.</c>.</summary>
internal static class HeifSamples
{
    private const string Xmp =
        """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>a camera</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>""";

    private static readonly byte[] Picture = [.. "picture."u8];
    private static readonly byte[] Packet = Encoding.UTF8.GetBytes(Xmp);

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", "avif", at => Places(0, 0, Place(0, 1, 0, at, 8)), 1, [], Picture),
        Of("with references and bases", "heic", at => Places(1, 4, Place(1, 1, 0, at, 8, isBased: true), Place(1, 2, 1, 0, 4, isBased: true)), 2, [.. Mp4Samples.Box("iref", new byte[4], Mp4Samples.Box("thmb", [0, 2, 0, 1, 0, 1])), .. Mp4Samples.Box("idat", new byte[4])], Picture),
        Of("with XMP before the picture", "mif1", at => Places(1, 0, Place(1, 1, 0, at + Packet.Length, 8), Place(1, 2, 0, at, Packet.Length)), 1, Described, [.. Packet, .. Picture]),
        Of("with XMP in idat", "heix", at => Places(2, 0, Place(2, 1, 0, at, 8), Place(2, 2, 1, 0, Packet.Length)), 1, [.. Described, .. Mp4Samples.Box("idat", Packet)], Picture),
    ];

    private static byte[] Described => Mp4Samples.Box("iref", new byte[4], Mp4Samples.Box("cdsc", [0, 2, 0, 1, 0, 1]));

    private static byte[] Places(byte version, byte baseSize, params byte[][] places) => Mp4Samples.Box(
        "iloc", [version, 0, 0, 0, 0x44, (byte)(baseSize << 4)], version == 2 ? [0, 0, 0, (byte)places.Length] : [0, (byte)places.Length], [.. places.SelectMany(static place => place)]);

    private static byte[] Place(int version, byte id, byte method, int at, int length, bool isBased = false) =>
        [.. version == 2 ? new byte[2] : [], 0, id, .. version == 0 ? Array.Empty<byte>() : [0, method], 0, 0, .. isBased ? Mp4Samples.Number(at) : [], 0, 1, .. Mp4Samples.Number(isBased ? 0 : at, length)];

    private static byte[] Item(byte id, string type, string rest) => Mp4Samples.Box("infe", [2, 0, 0, 0, 0, id, 0, 0], Encoding.ASCII.GetBytes(type + rest));

    /// <param name="pictures">Items that are pictures; with a description, one more that is XMP.</param>
    private static Sample Of(string what, string brand, Func<int, byte[]> places, int pictures, byte[] more, byte[] media)
    {
        var items = Enumerable.Range(1, pictures).Select(static id => Item((byte)id, "av01", "\0")).ToList();
        if (more.AsSpan().IndexOf("cdsc"u8) >= 0)
        {
            items.Add(Item(2, "mime", "\0application/rdf+xml\0"));
        }

        var start = Mp4Samples.Ftyp(brand);
        var at = start.Length + Meta(0).Length + 8;
        return new("HEIF", what, [.. start, .. Meta(at), .. Mp4Samples.Box("mdat", media)]);

        byte[] Meta(int offset) => Mp4Samples.Meta(
            "pict", true, Mp4Samples.Box("pitm", [0, 0, 0, 0, 0, 1]), Mp4Samples.Box("iinf", [[0, 0, 0, 0, 0, (byte)items.Count], .. items]), places(offset), more);
    }
}
