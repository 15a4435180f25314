using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Bmff;

namespace Gating.Labels.Tests.Samples;

/// <summary>MP4 and QuickTime files of one track: sixteen bytes of sound in two chunks, <see cref="FirstChunk"/> and <see cref="SecondChunk"/>.</summary>
internal static class Mp4Samples
{
    public const string FirstChunk = "chunk 1.";
    public const string SecondChunk = "chunk 2.";

    private static readonly byte[] Media = [.. "chunk 1.chunk 2."u8];

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("moov last", Last(Ftyp("isom"), Mdat)),
        Of("moov last, to the end of the file", ToTheEnd(Last(Ftyp("isom"), Mdat), "moov"u8)),
        Of("moov first", First(Ftyp("isom"), offset => Moov(Track(offset)), Mdat)),
        Of("moov first, 64-bit offsets and sizes", First(Ftyp("isom"), offset => Moov(Track(offset, isLong: true)), LargeMdat)),
        Of("moov first, media to the end of the file", ToTheEnd(First(Ftyp("M4A "), offset => Moov(Track(offset)), Mdat), "mdat"u8)),
        Of("room behind moov", First(Ftyp("M4A "), offset => Moov(Track(offset), Box("udta")), [.. Box("free", new byte[600]), .. Mdat])),
        Of("iTunes items", First(Ftyp("M4A "), offset => Moov(Track(offset), Box("udta", Meta("mdir", true, Box("ilst", Item("\u00A9nam", "a title")), Box("free", new byte[20])))), Mdat)),
        Of("items with keys", First(Ftyp("mp42"), offset => Moov(Track(offset), Box("udta", Meta("mdta", true, Keys("title"), Box("ilst", Item("\0\0\0\u0001", "a title"))))), Mdat)),
        Of("QuickTime", Last(Ftyp("qt  "), [.. Box("wide"), .. Mdat], Box("udta", Box("\u00A9nam", [0, 7, 0x55, 0xC4], "a title"u8.ToArray()), new byte[4]), Meta("mdta", false, Keys("com.apple.quicktime.make"), Box("ilst", Item("\0\0\0\u0001", "a camera"))))),
        Of("QuickTime without ftyp", Last([], Mdat)),
        Of("fragmented", Fragmented()),
    ];

    private static byte[] Mdat => Box("mdat", Media);

    private static byte[] LargeMdat => [0, 0, 0, 1, .. "mdat"u8, .. Number64(16 + Media.Length), .. Media];

    public static byte[] Ftyp(string brand) => Box("ftyp", Ascii(brand), Number(512), Ascii(brand));

    public static byte[] Box(string type, params byte[][] parts) => BmffBox.Of(Ascii(type), parts);

    public static byte[] Moov(params byte[][] parts) => Box("moov", [Box("mvhd", [.. Number(0, 0, 0, 8000, 8, 0x10000), 1, 0, .. new byte[10], .. Matrix, .. new byte[24], .. Number(2)]), .. parts]);

    public static byte[] Meta(string handler, bool isFullBox, params byte[][] parts) => Box("meta", [isFullBox ? new byte[4] : [], Box("hdlr", Number(0, 0), Ascii(handler), new byte[13]), .. parts]);

    public static byte[] Keys(params string[] names) => Box("keys", [Number(0, names.Length), .. names.Select(static name => Box("mdta", Ascii(name)))]);

    public static byte[] Item(string type, string text) => Box(type, Box("data", Number(1, 0), Encoding.UTF8.GetBytes(text)));

    public static byte[] Number(params int[] values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }

    /// <param name="offset">Of the first chunk in the file.</param>
    public static byte[] Track(long offset, bool isLong = false, int reference = 1, params byte[][] tables) => Box(
        "trak",
        Box("tkhd", [.. Number(3, 0, 0, 1, 0, 8, 0, 0, 0, 0x01000000), .. Matrix, .. new byte[8]]),
        Box(
            "mdia",
            Box("mdhd", Number(0, 0, 0, 8000, 8, 0x55C40000)),
            Box("hdlr", Number(0, 0), Ascii("soun"), new byte[13]),
            Box(
                "minf",
                Box("smhd", new byte[8]),
                Box("dinf", Box("dref", Number(0, 1), Box("url ", Number(reference)))),
                Box("stbl", [Description, .. Sizes(offset, isLong), .. tables]))));

    /// <param name="media">The first box or boxes of media; their content ends the file.</param>
    public static byte[] First(byte[] start, Func<long, byte[]> moov, byte[] media) => [.. start, .. moov(start.Length + moov(0).Length + media.Length - Media.Length), .. media];

    public static byte[] Last(byte[] start, byte[] media, params byte[][] inMoov) => [.. start, .. media, .. Moov([Track(start.Length + media.Length - Media.Length), .. inMoov])];

    public static byte[] Uuid(string type, byte[] content) => Box("uuid", Convert.FromHexString(type), content);

    private static byte[] Matrix => Number(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

    private static byte[] Description => Box("stsd", Number(0, 1), Box("sowt", [.. Number(0, 1, 0, 0), 0, 1, 0, 16, .. Number(0), 0x1F, 0x40, 0, 0]));

    private static byte[][] Sizes(long offset, bool isLong) =>
    [
        Box("stts", Number(0, 1, 8, 1)),
        Box("stsc", Number(0, 1, 1, 4, 1)),
        Box("stsz", Number(0, 2, 8)),
        isLong ? Box("co64", Number(0, 2), Number64(offset), Number64(offset + 8)) : Box("stco", Number(0, 2, (int)offset, (int)offset + 8)),
    ];

    private static byte[] Empty => Box("stbl", Description, Box("stts", Number(0, 0)), Box("stsc", Number(0, 0)), Box("stsz", Number(0, 0, 0)), Box("stco", Number(0, 0)));

    /// <summary>With everything that says where a fragment stands: an index before it, a base in it, a table behind it.</summary>
    private static byte[] Fragmented()
    {
        var track = Box(
            "trak",
            Box("tkhd", [.. Number(3, 0, 0, 1, 0, 0, 0, 0, 0, 0x01000000), .. Matrix, .. new byte[8]]),
            Box(
                "mdia",
                Box("mdhd", Number(0, 0, 0, 8000, 0, 0x55C40000)),
                Box("hdlr", Number(0, 0), Ascii("soun"), new byte[13]),
                Box("minf", Box("smhd", new byte[8]), Box("dinf", Box("dref", Number(0, 1), Box("url ", Number(1)))), Empty)));
        byte[] start = [.. Ftyp("iso5"), .. Moov(track, Box("mvex", Box("trex", Number(0, 1, 1, 1, 2, 0))))];
        const int IndexSize = 44;
        var at = start.Length + IndexSize;

        // tfhd: a base (flag 1); trun: an offset to it (flag 1), eight samples.
        var moof = Box("moof", Box("mfhd", Number(0, 1)), Box("traf", Box("tfhd", Number(1, 1), Number64(at)), Box("trun", Number(1, 8, 84))));
        var index = Box("sidx", Number(0, 1, 8000, 0, 0, 1, moof.Length + Mdat.Length, 8, unchecked((int)0x90000000)));
        return
        [
            .. start, .. index, .. moof, .. Mdat,
            .. Box("mfra", Box("tfra", Number(0, 1, 0, 1, 0, at), [1, 1, 1]), Box("mfro", Number(0, 67))),
        ];
    }

    private static byte[] ToTheEnd(byte[] file, ReadOnlySpan<byte> type)
    {
        file.AsSpan(file.AsSpan().IndexOf(type) - 4, 4).Clear();
        return file;
    }

    private static byte[] Number64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Ascii(string text) => Encoding.Latin1.GetBytes(text);

    private static Sample Of(string what, byte[] bytes) => new("MP4", what, bytes);
}
