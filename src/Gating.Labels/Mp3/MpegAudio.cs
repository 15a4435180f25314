using Gating.Labels.Media;

namespace Gating.Labels.Mp3;

/// <summary>Frame headers of MPEG audio (ISO/IEC 11172-3, 2.4.1.3; 13818-3 for the lower rates; the unofficial 2.5).</summary>
internal static class MpegAudio
{
    private static readonly int[][] BitRates =
    [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];

    private static readonly int[] SampleRates = [44100, 48000, 32000];

    /// <summary>Two frames that follow each other and are of one kind: eleven bits of sync alone are met anywhere.</summary>
    public static bool StandsAt(MediaSource source, long at) =>
        HeaderAt(source, at) is { } first && LengthOf(first) is > 0 and var length && HeaderAt(source, at + length) is { } second && LengthOf(second) > 0 && IsOneKind(first, second);

    private static uint? HeaderAt(MediaSource source, long at)
    {
        if (at > source.Length - 4)
        {
            return null;
        }

        var header = source.ReadUInt32BigEndian(at);
        return header >> 21 == 0x7FF ? header : null;
    }

    // Version, layer and sample rate stay; bit rate, padding and channel mode may change from frame to frame.
    private static bool IsOneKind(uint first, uint second) => ((first ^ second) & 0xFFFE_0C00) == 0;

    /// <summary>0 for what is no header, and for the free format, whose length no header tells.</summary>
    private static int LengthOf(uint header)
    {
        var (version, layer) = ((header >> 19) & 3, (header >> 17) & 3);
        var (bitRate, sampleRate) = ((int)(header >> 12) & 15, (int)(header >> 10) & 3);
        if (version == 1 || layer == 0 || bitRate is 0 or 15 || sampleRate == 3)
        {
            return 0;
        }

        var isFirst = version == 3;
        var bits = BitRates[(isFirst, layer) switch { (true, 3) => 0, (true, 2) => 1, (true, _) => 2, (false, 3) => 3, _ => 4 }][bitRate - 1] * 1000;
        var rate = SampleRates[sampleRate] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        var padding = (int)(header >> 9) & 1;
        return layer == 3 ? ((12 * bits / rate) + padding) * 4 : ((layer == 1 && !isFirst ? 72 : 144) * bits / rate) + padding;
    }
}
