using Gating.Labels.Flac;
using Gating.Labels.Ogg;

namespace Gating.Labels.Tests.Samples;

/// <summary>Ogg files: pages, lacing and headers are right, the packets of Vorbis setup and audio are nothing that decodes.</summary>
internal static class OggSamples
{
    private const uint Serial = 0x12345678;

    public static readonly byte[] Setup = [5, .. "vorbis"u8, .. Enumerable.Range(0, 300).Select(static i => (byte)i)];
    public static readonly byte[] VorbisId = [1, .. "vorbis"u8, 0, 0, 0, 0, 1, 0x40, 0x1F, 0, 0, .. new byte[12], 0xB8, 1];
    public static readonly byte[] OpusId = [.. "OpusHead"u8, 1, 1, 0x38, 1, 0x80, 0xBB, 0, 0, 0, 0, 0];

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("Ogg", "Opus", Opus(FlacSamples.Comment)),
        new("Ogg", "Opus with bytes behind its comments", Opus([.. FlacSamples.Comment, 1, 2, 3])),
        new("Ogg", "Vorbis, setup on the comment's page", File(VorbisId, [[VorbisComment, Setup]])),
        new("Ogg", "Vorbis, setup on a page of its own", File(VorbisId, [[VorbisComment], [Setup]])),
        new("Ogg", "FLAC", File([0x7F, .. "FLAC"u8, 1, 0, 0, 2, .. "fLaC"u8, .. FlacBlock.Header(0, false, 34, 0), .. FlacSamples.StreamInfo],
            [[Block(4, false, FlacSamples.Comment)], [Block(1, true, new byte[8])]])),
    ];

    public static byte[] VorbisComment => [3, .. "vorbis"u8, .. FlacSamples.Comment, 1];

    public static byte[] Opus(byte[] comment) => File(OpusId, [[[.. "OpusTags"u8, .. comment]]]);

    /// <summary>The first packet, groups of packets that share pages, and two pages of audio.</summary>
    public static byte[] File(byte[] first, byte[][][] headers, uint serial = Serial)
    {
        List<byte[]> pages = [OggPage.ToBytes(OggPage.First, 0, serial, 0, [(byte)first.Length], first)];
        foreach (var packets in headers)
        {
            pages.AddRange(OggLacing.Pages(packets, serial, (uint)pages.Count, isLast: false));
        }

        pages.Add(OggPage.ToBytes(0, 960, serial, (uint)pages.Count, [3, 2], [0xFC, 0xFF, 0xFE, 0xFC, 0xFF]));
        pages.Add(OggPage.ToBytes(OggPage.Last, 1920, serial, (uint)pages.Count, [3], [0xFC, 0xFF, 0xFE]));
        return [.. pages.SelectMany(static page => page)];
    }

    private static byte[] Block(byte type, bool isLast, byte[] content) => [.. FlacBlock.Header(type, isLast, content.Length, 0), .. content];
}
