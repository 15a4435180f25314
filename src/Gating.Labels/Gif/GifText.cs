using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Gif;

/// <summary>Text in blocks of GIF.</summary>
internal static class GifText
{
    /// <summary>Descending lengths, so that a reader that takes XMP for sub-blocks arrives at the end from wherever it lands (XMP part 3, 1.1.2): 01, FF … 01, 00 and the end's 00.</summary>
    private static readonly byte[] Trailer = [1, .. Enumerable.Range(0, 256).Select(static i => (byte)(255 - i)), 0];

    public static byte[] OfXmp(ReadOnlySpan<byte> packet) => [0x21, 0xFF, 11, .. "XMP DataXMP"u8, .. packet, .. Trailer];

    /// <summary>The packet as it stands before the trailer; of those who wrote it in sub-blocks, what these hold.</summary>
    public static byte[] PacketOf(MediaSource source, GifBlock block) =>
        block.End - block.ContentOffset >= Trailer.Length && source.StandsAt(block.End - Trailer.Length, Trailer)
            ? source.ReadBytes(block.ContentOffset, block.End - Trailer.Length - block.ContentOffset, XmpPacket.MaxBytes)
            : Joined(source, block, XmpPacket.MaxBytes);

    /// <summary>What a comment's sub-blocks hold together; null for one that is too long to hold a label.</summary>
    public static string? CommentOf(MediaSource source, GifBlock block) =>
        block.End - block.ContentOffset > LabelJson.MaxBytes ? null : System.Text.Encoding.UTF8.GetString(Joined(source, block, LabelJson.MaxBytes)).Trim('\0');

    private static byte[] Joined(MediaSource source, GifBlock block, int limit)
    {
        var bytes = source.ReadBytes(block.ContentOffset, block.End - block.ContentOffset, limit);
        var joined = new List<byte>(bytes.Length);
        for (var at = 0; bytes[at] != 0; at += 1 + bytes[at])
        {
            joined.AddRange(bytes.AsSpan(at + 1, bytes[at]));
        }

        return [.. joined];
    }
}
