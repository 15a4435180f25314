using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests.Samples;

/// <summary>WebP files of sixteen by sixteen in one grey.</summary>
internal static class WebpSamples
{
    public static readonly byte[] Lossy = Chunk("VP8 ", Convert.FromHexString("5001009D012A1000100002003425A40004740000E4400000"));
    public static readonly byte[] Lossless = Chunk("VP8L", Convert.FromHexString("2F0FC003000750C00216B0FF8188E87F00"));

    /// <summary>A TIFF structure without a single entry.</summary>
    private static readonly byte[] Exif = Chunk("EXIF", "II*\0"u8.ToArray(), Numbers(8), new byte[6]);

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("lossy", Lossy),
        Of("lossless", Lossless),
        Of("extended, with Exif, XMP and an unknown chunk", Header(0x0C), Lossy, Exif, Chunk("XMP ", XmpOf(string.Empty)), Chunk("ABCD", [1, 2, 3])),
        Of("animated", Header(0x02), Chunk("ANIM", new byte[6]), Frame, Frame),
        new("WebP", "with something behind its end", [.. File("WEBP", Lossless), .. "behind"u8]),
        Of("simple, with Exif that its header cannot announce", Lossy, Exif),
    ];

    public static byte[] Header(byte flags) => Chunk("VP8X", [flags, 0, 0, 0, 15, 0, 0, 15, 0, 0]);

    private static byte[] Frame => Chunk("ANMF", [0, 0, 0, 0, 0, 0, 15, 0, 0, 15, 0, 0, 40, 0, 0, 0], Lossless);

    private static Sample Of(string what, params byte[][] chunks) => new("WebP", what, File("WEBP", chunks));
}
