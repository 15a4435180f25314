using System.Buffers.Binary;
using System.Text;

namespace Gating.Labels.Media;

/// <summary>
/// An Exif block (a TIFF structure of its own) that is held in memory: labels in <c>UserComment</c> (0x9286, Annex B of TC260-PG-20259A) and in <c>ImageDescription</c> (0x010E, older
/// files), in IFD0 or in the Exif IFD. Only tolerant reading, and blanking in place: nothing moves. A block that is broken holds no label that anybody could read.
/// </summary>
internal sealed class ExifBlock(byte[] block, long offset)
{
    private const ushort ImageDescription = 0x010E;
    private const ushort ExifIfd = 0x8769;
    private const ushort UserComment = 0x9286;
    private const int CharsetLength = 8;

    public void Read(LabelFindings findings)
    {
        foreach (var (tag, from, length) in Labels())
        {
            findings.Add(tag == UserComment ? "Exif UserComment" : "Exif ImageDescription", offset + from, Text(from, length), isUsualPlace: tag == UserComment);
        }
    }

    /// <summary>The block with spaces where its labels stood; null where it holds none.</summary>
    public byte[]? WithoutLabels()
    {
        byte[]? blanked = null;
        foreach (var (_, from, length) in Labels())
        {
            blanked ??= [.. block];
            blanked.AsSpan(from, length).Fill((byte)' ');
        }

        return blanked;
    }

    private List<(ushort Tag, int From, int Length)> Labels()
    {
        var found = new List<(ushort Tag, int From, int Length)>();
        if (block.Length >= 8 && (block.AsSpan().StartsWith("II*\0"u8) || block.AsSpan().StartsWith("MM\0*"u8)))
        {
            var exif = Walk(ReadUInt32(4), found);
            if (exif != 0)
            {
                Walk(exif, found);
            }
        }

        return found;
    }

    /// <summary>Returns where the Exif IFD is, 0 where none is named.</summary>
    private uint Walk(uint ifd, List<(ushort Tag, int From, int Length)> found)
    {
        if (ifd > block.Length - 2)
        {
            return 0;
        }

        var exif = 0u;
        var count = ReadUInt16((int)ifd);
        for (var (i, at) = (0, (int)ifd + 2); i < count && at <= block.Length - 12; i++, at += 12)
        {
            var tag = ReadUInt16(at);
            if (tag == ExifIfd)
            {
                exif = ReadUInt32(at + 8);
            }
            else if (tag is UserComment or ImageDescription && TextOf(at, tag) is var (from, length) && length > 0)
            {
                found.Add((tag, from, length));
            }
        }

        return exif;
    }

    // Text and comment are bytes: their count is their length. Only what speaks of AIGC is a label.
    private (int From, int Length) TextOf(int entry, ushort tag)
    {
        var (length, from) = (ReadUInt32(entry + 4), ReadUInt32(entry + 8));
        if (length <= 4 || from > block.Length || length > block.Length - from)
        {
            return default;
        }

        var skip = tag == UserComment ? CharsetLength : 0;
        var (start, count) = ((int)from + skip, (int)length - skip);
        return count > 0 && Text(start, count) is var text && text.Contains("AIGC", StringComparison.Ordinal) && text.Contains('{', StringComparison.Ordinal) ? (start, count) : default;
    }

    private string Text(int from, int length) => Encoding.Latin1.GetString(block, from, length).Trim('\0', ' ');

    private bool IsLittleEndian => block[0] == (byte)'I';

    private ushort ReadUInt16(int at) => IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(at));

    private uint ReadUInt32(int at) => IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(at));
}
