using System.Buffers.Binary;
using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>FLV files of one tag of sound.</summary>
internal static class FlvSamples
{
    private static readonly byte[] Sound = Tag(8, [0x3E, 1, 2, 3, 4]);

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("FLV", "without metadata", File(Sound)),
        new("FLV", "with metadata", File(Metadata(8, Member("duration", Number(1)), Member("encoder", Text("a test"))), Sound)),
        new("FLV", "with an object of metadata, and places of key frames", File(Metadata(3, Member("filesize", Number(300)), Keyframes(13, 280)), Sound, Sound)),
    ];

    public static byte[] Keyframes(params double[] places) =>
        Member("keyframes", [3, .. Member("filepositions", [10, 0, 0, 0, (byte)places.Length, .. places.SelectMany(Number)]), .. Member("times", [10, 0, 0, 0, (byte)places.Length, .. places.SelectMany(static _ => Number(0))]), 0, 0, 9]);

    public static byte[] Metadata(byte type, params byte[][] members) =>
        Tag(18, [2, 0, 10, .. "onMetaData"u8, type, .. type == 8 ? [0, 0, 0, (byte)members.Length] : Array.Empty<byte>(), .. members.SelectMany(static member => member), 0, 0, 9]);

    public static byte[] Member(string name, byte[] value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. value];

    public static byte[] Number(double number)
    {
        var bytes = new byte[9];
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), number);
        return bytes;
    }

    public static byte[] Text(string text) => [2, (byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] File(params byte[][] tags) => [.. "FLV"u8, 1, 4, 0, 0, 0, 9, 0, 0, 0, 0, .. tags.SelectMany(static tag => tag)];

    private static byte[] Tag(byte type, byte[] content)
    {
        var length = content.Length + 11;
        return [type, 0, (byte)(content.Length >> 8), (byte)content.Length, 0, 0, 0, 0, 0, 0, 0, .. content, 0, 0, (byte)(length >> 8), (byte)length];
    }
}
