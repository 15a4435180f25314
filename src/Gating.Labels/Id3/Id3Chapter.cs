using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Id3;

/// <summary>A <c>CHAP</c> frame (ID3v2 chapter frame addendum, 3.1): name, NUL, start and end in milliseconds, then the same in bytes from the start of the file.</summary>
internal static class Id3Chapter
{
    private const int MaxContent = 4096;

    /// <summary>
    /// Its content saying "use the times" (all ones) in place of offsets that the tag's new length makes wrong; null where it does so already, or where it is not stored as it is.
    /// </summary>
    public static byte[]? WithoutOffsets(MediaSource body, Id3Frame frame)
    {
        var length = frame.End - frame.ContentOffset;
        if (frame.Id is not "CHAP" || (frame.Flags & 0xFF) != 0 || length > MaxContent)
        {
            return null;
        }

        var content = body.ReadBytes(frame.ContentOffset, length, MaxContent);
        var offsets = Array.IndexOf(content, (byte)0) + 1 + 8;
        if (offsets == 8 || content.Length - offsets < 8 || BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(offsets)) is 0 or ulong.MaxValue)
        {
            return null;
        }

        content.AsSpan(offsets, 8).Fill(0xFF);
        return content;
    }
}
