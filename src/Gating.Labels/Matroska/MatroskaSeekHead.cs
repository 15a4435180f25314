using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Matroska;

/// <summary>A <c>SeekHead</c>, in which nothing may move: an entry is changed, killed or added where dead space follows.</summary>
internal static class MatroskaSeekHead
{
    private const uint Seek = 0x4DBB;
    private const uint SeekId = 0x53AB;
    private const uint SeekPosition = 0x53AC;
    private const int EntrySize = 21;

    /// <summary>Makes the entries for tags at <paramref name="from"/> name <paramref name="to"/>; one that is too narrow becomes dead space. Returns whether one names it now.</summary>
    public static bool Redirect(MediaSource source, EbmlElement head, long from, long to, MatroskaPatches patches)
    {
        var isNamed = false;
        foreach (var entry in head.Children(source).Where(static child => child.Id == Seek))
        {
            var parts = entry.Children(source).ToArray();
            var position = parts.FirstOrDefault(static part => part.Id == SeekPosition);
            if (!parts.Any(part => part is { Id: SeekId, Size: 4 } && source.ReadUInt32BigEndian(part.ContentOffset) == MatroskaFile.Tags)
                || position.Id == 0 || position.Size is 0 or > 8 || ReadNumber(source, position) != from)
            {
                continue;
            }

            DropChecksum(source, head, patches);
            if (position.Size == 8 || to >> (int)(8 * position.Size) == 0)
            {
                patches.Set(position.ContentOffset, NumberOf(to, (int)position.Size));
                isNamed = true;
            }
            else
            {
                patches.Set(entry.Offset, EbmlElement.VoidOf(entry.End - entry.Offset));
            }
        }

        return isNamed;
    }

    /// <summary>Adds an entry where the dead space behind has room for it, and the size's field for the greater size.</summary>
    public static bool Add(MediaSource source, EbmlElement head, EbmlElement? space, long to, MatroskaPatches patches)
    {
        var room = space is { Id: EbmlElement.Void } dead && dead.Offset == head.End ? dead.End - dead.Offset : 0;
        var width = (int)(head.ContentOffset - head.Offset - 4);
        if ((room != EntrySize && room < EntrySize + 2) || EbmlElement.WidthOf(head.Size + EntrySize) > width)
        {
            return false;
        }

        DropChecksum(source, head, patches);
        patches.Set(head.Offset + 4, EbmlElement.SizeOf(head.Size + EntrySize, width));
        byte[] entry = EbmlElement.Of(Seek, [.. EbmlElement.Of(SeekId, NumberOf(MatroskaFile.Tags, 4)), .. EbmlElement.Of(SeekPosition, NumberOf(to, 8))]);
        patches.Set(head.End, [.. entry, .. room == EntrySize ? [] : EbmlElement.VoidOf(room - EntrySize)]);
        return true;
    }

    // A checksum and a void differ in their identifier alone.
    private static void DropChecksum(MediaSource source, EbmlElement head, MatroskaPatches patches)
    {
        if (head.Size > 0 && EbmlElement.At(source, head.ContentOffset, head.End) is { Id: EbmlElement.Crc32 } checksum)
        {
            patches.Set(checksum.Offset, [(byte)EbmlElement.Void]);
        }
    }

    private static long ReadNumber(MediaSource source, EbmlElement element)
    {
        var number = 0L;
        for (var i = 0; i < element.Size; i++)
        {
            number = (number << 8) | source.ReadByte(element.ContentOffset + i);
        }

        return number;
    }

    private static byte[] NumberOf(long number, int width)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes[(8 - width)..];
    }
}
