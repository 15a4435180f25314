using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>TIFF files of one grey pixel: in both byte orders, with narrow and wide offsets.</summary>
internal static class TiffSamples
{
    public const string Xmp =
        """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>a camera</dc:source></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""";

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("TIFF", "little-endian", Of(isLittle: true, isBig: false, [])),
        new("TIFF", "big-endian, two pages, a profile behind the label's tag", Of(isLittle: false, isBig: false, [(34675, 7, "no profile"u8.ToArray())], pages: 2)),
        new("TIFF", "BigTIFF, little-endian", Of(isLittle: true, isBig: true, [(34675, 7, "no profile"u8.ToArray())])),
        new("TIFF", "BigTIFF, big-endian, with XMP", Of(isLittle: false, isBig: true, [(700, 1, Encoding.UTF8.GetBytes(Xmp))])),
        new("TIFF", "with XMP of another type before its pixels, and a comment", Of(isLittle: true, isBig: false, [(700, 7, Encoding.UTF8.GetBytes(Xmp))], comment: "a grey pixel")),
    ];

    /// <summary>The values first, then the pixel, then the directories: what a writer makes that streams.</summary>
    public static byte[] Of(bool isLittle, bool isBig, (ushort Tag, ushort Type, byte[] Value)[] more, int pages = 1, string? comment = null)
    {
        var wide = isBig ? 8 : 4;
        var file = new List<byte>([.. isLittle ? "II"u8 : "MM"u8, .. Number(isBig ? 43 : 42, 2)]);
        file.AddRange(isBig ? [.. Number(8, 2), .. Number(0, 2)] : []);
        var pointer = file.Count;
        file.AddRange(Number(0, wide));
        var entries = new SortedDictionary<ushort, byte[]>();
        foreach (var (tag, type, value) in more)
        {
            entries[tag] = Entry(tag, type, value.Length, Number(Put(value), wide));
        }

        if (comment is not null)
        {
            var text = Put([.. "ASCII\0\0\0"u8, .. Encoding.ASCII.GetBytes(comment)]);
            entries[0x8769] = Entry(0x8769, 4, 1, Number(Put([.. Number(1, 2), .. Entry(0x9286, 7, comment.Length + 8, Number(text, 4)), .. Number(0, 4)]), 4));
        }

        var pixel = Put([0x80, 0]);
        foreach (var (tag, value) in ((ushort, long)[])[(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (277, 1), (278, 1)])
        {
            entries[tag] = Entry(tag, 3, 1, Number(value, 2));
        }

        entries[273] = Entry(273, 4, 1, Number(pixel, 4));
        entries[279] = Entry(279, 4, 1, Number(1, 4));
        for (var page = 0; page < pages; page++)
        {
            var at = Put([.. Number(entries.Count, isBig ? 8 : 2), .. entries.Values.SelectMany(static entry => entry)]);
            Number(at, wide).CopyTo(CollectionsMarshal.AsSpan(file)[pointer..]);
            pointer = file.Count;
            file.AddRange(Number(0, wide));
        }

        return [.. file];

        int Put(byte[] bytes)
        {
            file.AddRange(new byte[(8 - (file.Count % 8)) % 8]);
            file.AddRange(bytes);
            return file.Count - bytes.Length;
        }

        byte[] Entry(int tag, int type, long count, byte[] value) => [.. Number(tag, 2), .. Number(type, 2), .. Number(count, wide), .. value, .. new byte[wide - value.Length]];

        byte[] Number(long value, int width)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            Array.Resize(ref bytes, width);
            if (!isLittle)
            {
                Array.Reverse(bytes);
            }

            return bytes;
        }
    }
}
