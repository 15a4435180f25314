using Gating.Labels.Flac;

namespace Gating.Labels.Tests.Samples;

/// <summary>FLAC files: one frame of 192 samples of silence, 8 kHz, mono.</summary>
internal static class FlacSamples
{
    public static readonly byte[] StreamInfo = [0, 192, 0, 192, 0, 0, 0, 0, 0, 0, 0x01, 0xF4, 0x00, 0xF0, 0, 0, 0, 192, .. new byte[16]];

    /// <summary>Sync, 192 samples at the rate of STREAMINFO, mono, 16 bits, number 0, CRC-8, a constant subframe of 0, CRC-16.</summary>
    public static readonly byte[] Frame = Convert.FromHexString("FFF8100800A1000000");

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", (0, StreamInfo)),
        Of("with padding", (0, StreamInfo), (1, new byte[400])),
        Of("with a comment that comes last", (0, StreamInfo), (2, "test1234"u8.ToArray()), (4, Comment)),
        Of("with a comment and a seek table", (0, StreamInfo), (4, Comment), (3, new byte[18]), (1, new byte[10])),
        new("FLAC", "behind ID3", [.. Mp3Samples.Tag(4, 0, Mp3Samples.Frame4("TIT2", [3, .. "silence"u8])), .. File((0, StreamInfo), (4, Comment))]),
    ];

    public static byte[] Comment => [4, 0, 0, 0, .. "test"u8, 1, 0, 0, 0, 13, 0, 0, 0, .. "TITLE=silence"u8];

    public static byte[] File(params (byte Type, byte[] Content)[] blocks) =>
        [.. "fLaC"u8, .. blocks.SelectMany((block, i) => (byte[])[.. FlacBlock.Header(block.Type, i == blocks.Length - 1, block.Content.Length, 0), .. block.Content]), .. Frame];

    private static Sample Of(string what, params (byte Type, byte[] Content)[] blocks) => new("FLAC", what, File(blocks));
}
