using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>GIF files of one pixel.</summary>
internal static class GifSamples
{
    public static readonly byte[] Screen = [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF];
    public static readonly byte[] Image = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
    public static readonly byte[] Control = [0x21, 0xF9, 4, 0, 4, 0, 0, 0];
    public static readonly byte[] End = [0x3B];
    private static readonly byte[] LocalImage = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0x80, 0, 0, 0, 0x80, 0x80, 0x80, 2, 2, 0x44, 1, 0];

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("87a", "GIF87a", Image, End),
        Of("89a", "GIF89a", Image, End),
        Of("animated", "GIF89a", [0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0], Control, Image, Control, LocalImage, End),
        Of("with a comment, XMP and something behind its end", "GIF89a", Comment("a pixel"), XmpOf(RiffSamples.XmpOf(string.Empty)), Control, Image, End, "behind"u8.ToArray()),
        Of("with XMP behind the image", "GIF89a", Control, Image, XmpOf(RiffSamples.XmpOf(string.Empty)), End),
    ];

    public static byte[] Comment(string text) => [0x21, 0xFE, .. SubBlocks(Encoding.UTF8.GetBytes(text))];

    public static byte[] XmpOf(byte[] packet) => [0x21, 0xFF, 11, .. "XMP DataXMP"u8, .. packet, 1, .. Enumerable.Range(0, 256).Select(static i => (byte)(255 - i)), 0];

    public static byte[] SubBlocks(byte[] content) => [.. content.Chunk(255).SelectMany(static part => (byte[])[(byte)part.Length, .. part]), 0];

    public static byte[] File(string version, params byte[][] blocks) => [.. Encoding.ASCII.GetBytes(version), .. Screen, .. blocks.SelectMany(static block => block)];

    private static Sample Of(string what, string version, params byte[][] blocks) => new("GIF", what, File(version, blocks));
}
