using System.IO.Compression;
using Gating.Labels.Png;

namespace Gating.Labels.Tests.Samples;

/// <summary>PNG files of one pixel.</summary>
internal static class PngSamples
{
    private static readonly byte[] Header = PngChunk.Of("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    private static readonly byte[] Pixels = PngChunk.Of("IDAT", Packed([0, 0x80]));
    private static readonly byte[] End = PngChunk.Of("IEND", []);

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", Header, Pixels, End),
        Of("with text and something behind its end", Header, PngChunk.Of("tEXt", "Title\0a pixel"u8), Pixels, End, "behind"u8.ToArray()),
        Of("animated", Header, PngChunk.Of("acTL", [0, 0, 0, 1, 0, 0, 0, 0]), PngChunk.Of("fcTL", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0]), Pixels, End),
    ];

    public static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return packed.ToArray();
    }

    private static Sample Of(string what, params byte[][] parts) => new("PNG", what, [.. PngChunk.Signature, .. parts.SelectMany(static part => part)]);
}
