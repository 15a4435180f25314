using System.Text;
using Gating.Labels.Matroska;

namespace Gating.Labels.Tests.Samples;

/// <summary>Matroska files of one frame.</summary>
internal static class MatroskaSamples
{
    private static readonly byte[] Info = Master(0x1549A966, [Of(0x2AD7B1, [0x0F, 0x42, 0x40]), Of(0x4D80, "test"u8), Of(0x5741, "test"u8)]);
    private static readonly byte[] Tracks = Master(0x1654AE6B, [Master(0xAE, [Of(0xD7, [1]), Of(0x73C5, [1]), Of(0x83, [2]), Of(0x86, "A_PCM/INT/LIT"u8), Master(0xE1, [Of(0xB5, [0x45, 0xFA, 0, 0]), Of(0x9F, [1]), Of(0x6264, [16])])])]);
    private static readonly byte[] Frame = Of(0xA3, [0x81, 0, 0, 0x80, 1, 2, 3, 4]);
    private static readonly byte[] Cluster = Master(MatroskaFile.Cluster, [Of(0xE7, [0]), Frame]);
    private static readonly byte[] Encoder = Master(MatroskaFile.Tags, [Master(0x7373, [Of(0x63C0, []), Master(0x67C8, [Of(0x45A3, "ENCODER"u8), Of(0x4487, "a test"u8)])])]);

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("without any places", Segment(Info, Tracks, Cluster)),
        Of("WebM as browsers record it: of unknown size", [0x18, 0x53, 0x80, 0x67, 1, 255, 255, 255, 255, 255, 255, 255, .. Info, .. Tracks, 0x1F, 0x43, 0xB6, 0x75, 0xFF, .. Of(0xE7, [0]), .. Frame, 0x1F, 0x43, 0xB6, 0x75, 0xFF, .. Of(0xE7, [1]), .. Frame], "webm"),
        Of("with a seek head, room behind it, and cues", Segment(SeekHead(isOfTags: false), EbmlElement.VoidOf(60), Info, Tracks, Cluster, Cues)),
        Of("with tags in front", Segment(SeekHead(isOfTags: true), Encoder, Info, Tracks, Cluster, Cues)),
        Of("with tags at the end, and checksums", Segment(Of(EbmlElement.Crc32, [1, 2, 3, 4]), SeekHead(isOfTags: true), Info, Tracks, Cluster, Cues, Encoder)),
        Of("with tags and a room behind them", Segment(SeekHead(isOfTags: true), Encoder, EbmlElement.VoidOf(1200), Info, Tracks, Cluster, Cues)),
    ];

    private static byte[] Cues => Master(MatroskaFile.Cues, [Master(0xBB, [Of(0xB3, [0]), Master(0xB7, [Of(0xF7, [1]), Of(0xF1, [0, 0, 0, 200])])])]);

    public static byte[] Of(uint id, ReadOnlySpan<byte> content) => EbmlElement.Of(id, content);

    public static byte[] Master(uint id, byte[][] children) => EbmlElement.Of(id, [.. children.SelectMany(static child => child)]);

    public static byte[] Segment(params byte[][] children) => Master(MatroskaFile.Segment, children);

    public static Sample Of(string what, byte[] segment, string docType = "matroska") =>
        new("Matroska", what, [.. Master(MatroskaFile.Header, [Of(0x4286, [1]), Of(0x42F7, [1]), Of(0x42F2, [4]), Of(0x42F3, [8]), Of(0x4282, Encoding.ASCII.GetBytes(docType)), Of(0x4287, [4]), Of(0x4285, [2])]), .. segment]);

    /// <summary>Names tags that stand right behind it, or information.</summary>
    private static byte[] SeekHead(bool isOfTags) => !isOfTags
        ? Master(MatroskaFile.SeekHead, [Master(0x4DBB, [Of(0x53AB, [0x15, 0x49, 0xA9, 0x66]), Of(0x53AC, [79])])])
        : Master(MatroskaFile.SeekHead, [Of(EbmlElement.Crc32, [9, 9, 9, 9]), Master(0x4DBB, [Of(0x53AB, [0x12, 0x54, 0xC3, 0x67]), Of(0x53AC, [0, 0, 0, 28])])]);
}
