using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Wav;

/// <summary>Samples that can be read and written without a codec: PCM of 8, 16, 24 and 32 bits, IEEE floats of 32 and 64, also in the extensible form of the format.</summary>
/// <param name="Width">Of one sample, in bytes.</param>
/// <param name="Frame">Of one sample of every channel, in bytes.</param>
internal sealed record WavSound(bool IsFloat, int Width, int Channels, int Frame, int Rate, long Start, long Frames)
{
    private const int MinRate = 4000;
    private const int MaxRate = 768_000;
    private const int MaxChannels = 64;
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort Extensible = 0xFFFE;
    private const int ExtensibleLength = 40;

    /// <summary>What of a sub-format follows its first two bytes, which are a format of the older kind.</summary>
    private static readonly byte[] SubFormat = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    public static WavSound Of(MediaSource source)
    {
        var chunks = WavFile.Read(source).Chunks;
        var (format, data) = (chunks.FirstOrDefault(static chunk => chunk is { Id: "fmt ", Length: >= 16 }), chunks.FirstOrDefault(static chunk => chunk.Id is "data"));
        if (format is null || data is null)
        {
            throw MediaException.Malformed(0, "The file holds no samples, or does not say of what format.");
        }

        var at = format.ContentOffset;
        var tag = source.ReadUInt16LittleEndian(at);
        if (tag == Extensible && format.Length >= ExtensibleLength && source.StandsAt(at + 26, SubFormat))
        {
            tag = source.ReadUInt16LittleEndian(at + 24);
        }

        int channels = source.ReadUInt16LittleEndian(at + 2), frame = source.ReadUInt16LittleEndian(at + 12), bits = source.ReadUInt16LittleEndian(at + 14);
        var rate = source.ReadUInt32LittleEndian(at + 4);
        if (!(tag is Pcm && bits is 8 or 16 or 24 or 32) && !(tag is Float && bits is 32 or 64))
        {
            throw MediaException.Unsupported(at, $"Samples of format {tag} and {bits} bits, into which no sound is mixed here.");
        }

        return channels is > 0 and <= MaxChannels && frame == channels * bits / 8 && rate is >= MinRate and <= MaxRate
            ? new(tag is Float, bits / 8, channels, frame, (int)rate, data.ContentOffset, data.Length / frame)
            : throw MediaException.Unsupported(at, $"{channels} channels of {rate} samples a second, {frame} bytes each: no sound is mixed into that here.");
    }

    /// <summary>From -1 to 1, but for floats that are beyond.</summary>
    public double Get(ReadOnlySpan<byte> sample) => (Width, IsFloat) switch
    {
        (1, _) => (sample[0] - 128) / 128.0,
        (2, _) => BinaryPrimitives.ReadInt16LittleEndian(sample) / 32768.0,
        (3, _) => ((sample[2] << 24) | (sample[1] << 16) | (sample[0] << 8)) / 2147483648.0,
        (4, false) => BinaryPrimitives.ReadInt32LittleEndian(sample) / 2147483648.0,
        (4, true) => BinaryPrimitives.ReadSingleLittleEndian(sample),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(sample),
    };

    public void Set(Span<byte> sample, double value)
    {
        switch (Width, IsFloat)
        {
            case (1, _):
                sample[0] = (byte)(Whole(value, 128) + 128);
                break;
            case (2, _):
                BinaryPrimitives.WriteInt16LittleEndian(sample, (short)Whole(value, 32768));
                break;
            case (3, _):
                var whole = Whole(value, 8388608);
                (sample[0], sample[1], sample[2]) = ((byte)whole, (byte)(whole >> 8), (byte)(whole >> 16));
                break;
            case (4, false):
                BinaryPrimitives.WriteInt32LittleEndian(sample, (int)Whole(value, 2147483648));
                break;
            case (4, true):
                BinaryPrimitives.WriteSingleLittleEndian(sample, (float)value);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(sample, value);
                break;
        }
    }

    /// <summary>The first frames, in parts, each with the number of its first frame.</summary>
    public void Walk(MediaSource source, long frames, WavPart part)
    {
        var buffer = new byte[32 * 1024 / Frame * Frame];
        for (var done = 0L; done < frames; done += buffer.Length / Frame)
        {
            var bytes = buffer.AsMemory(0, (int)Math.Min(buffer.Length, (frames - done) * Frame));
            source.Read(Start + (done * Frame), bytes.Span);
            part(done, bytes);
        }
    }

    private static long Whole(double value, double scale) => (long)Math.Clamp(Math.Round(value * scale), -scale, scale - 1);
}

/// <summary>Some frames in a row.</summary>
internal delegate void WavPart(long first, Memory<byte> frames);
