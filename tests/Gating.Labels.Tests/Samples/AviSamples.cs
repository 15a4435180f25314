using System.Buffers.Binary;
using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests.Samples;

/// <summary>AVI files of one frame, eight by eight, in one grey.</summary>
internal static class AviSamples
{
    public static readonly byte[] Frame = Chunk("00db", Enumerable.Repeat((byte)0x80, 192).ToArray());
    private static readonly byte[] MainHeader = Chunk("avih", Numbers(40_000, 0, 0, 0x10, 1, 0, 1, 192, 8, 8, 0, 0, 0, 0));
    private static readonly byte[] StreamHeader = Chunk("strh", "vidsDIB "u8.ToArray(), Numbers(0, 0, 0, 1, 25, 0, 1, 192, 0xFFFFFFFF, 0, 0, 0x00080008));
    private static readonly byte[] StreamFormat = Chunk("strf", Numbers(40, 8, 8, 0x00180001, 0, 192, 0, 0, 0, 0));

    public static readonly byte[] Header = List("hdrl", MainHeader, List("strl", StreamHeader, StreamFormat));
    public static readonly byte[] Frames = List("movi", Frame);
    public static readonly byte[] Index = Chunk("idx1", "00db"u8.ToArray(), Numbers(0x10, 4, 192));

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", Header, Frames, Index),
        Of("with filling and texts", Header, List("INFO", Text("ISFT", "a pen")), Chunk("JUNK", new byte[1016]), Frames, Index),
        Of("with filling that is too small, and some that is not empty", Header, Chunk("JUNK", new byte[16]), Chunk("JUNK", Enumerable.Repeat((byte)'x', 600).ToArray()), Frames, Index),
        new("AVI", "of several RIFFs", OpenDml(new byte[1016])),
    ];

    /// <summary>A file of two RIFFs, whose index points at both from the start of the file.</summary>
    public static byte[] OpenDml(byte[] filling)
    {
        var index = Chunk("indx", Numbers(0x00000004, 2), "00db"u8.ToArray(), Numbers(0, 0, 0), new byte[32]);
        byte[] first = File("AVI ", List("hdrl", MainHeader, List("strl", StreamHeader, StreamFormat, index)), Chunk("JUNK", filling), List("movi", Frame, FrameIndex), Index);
        byte[] file = [.. first, .. File("AVIX", List("movi", Frame, FrameIndex))];
        var entries = file.AsSpan().IndexOf("indx"u8) + 32;
        var (one, two) = (file.AsSpan().IndexOf("ix00"u8), file.AsSpan().LastIndexOf("ix00"u8));
        foreach (var (entry, at) in (ReadOnlySpan<(int, int)>)[(entries, one), (entries + 16, two)])
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(entry), at);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(entry + 8), FrameIndex.Length);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(entry + 12), 1);
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at + 20), at - Frame.Length);
        }

        return file;
    }

    // Two numbers an entry, index of chunks; one entry, from a base that is filled in above.
    private static byte[] FrameIndex => Chunk("ix00", Numbers(0x01000002, 1), "00db"u8.ToArray(), Numbers(0, 0, 0, 8, 192));

    private static Sample Of(string what, params byte[][] chunks) => new("AVI", what, File("AVI ", chunks));
}
