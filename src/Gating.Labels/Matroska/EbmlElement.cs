using System.Buffers.Binary;
using System.Numerics;
using Gating.Labels.Media;

namespace Gating.Labels.Matroska;

/// <summary>An element: an identifier, a size, content (RFC 8794, 6).</summary>
/// <param name="Size">Of the content; below zero where the file does not tell it.</param>
internal readonly record struct EbmlElement(uint Id, long Offset, long ContentOffset, long Size)
{
    /// <summary>Dead space, in any element (11.3.2).</summary>
    public const uint Void = 0xEC;

    /// <summary>A checksum over what follows it in its parent (11.3.1).</summary>
    public const uint Crc32 = 0xBF;

    public long End => ContentOffset + Math.Max(Size, 0);

    public bool IsSizeKnown => Size >= 0;

    /// <summary>Reads the element at <paramref name="at"/>, which has to end before <paramref name="limit"/>.</summary>
    public static EbmlElement At(MediaSource source, long at, long limit)
    {
        var first = source.ReadByte(at);
        var idLength = BitOperations.LeadingZeroCount((uint)first << 24) + 1;
        if (idLength > 4)
        {
            throw MediaException.Malformed(at, "An element has no identifier.");
        }

        var id = 0u;
        for (var i = 0; i < idLength; i++)
        {
            id = (id << 8) | source.ReadByte(at + i);
        }

        var length = BitOperations.LeadingZeroCount((uint)source.ReadByte(at + idLength) << 24) + 1;
        if (length > 8)
        {
            throw MediaException.Malformed(at + idLength, "An element's size has more than eight bytes.");
        }

        var size = 0L;
        for (var i = 0; i < length; i++)
        {
            size = (size << 8) | source.ReadByte(at + idLength + i);
        }

        var mask = (1L << (7 * length)) - 1;
        size &= mask;
        var element = new EbmlElement(id, at, at + idLength + length, size == mask ? -1 : size);
        return element.Size <= limit - element.ContentOffset ? element
            : limit == source.Length ? throw new MediaException(MediaFault.Truncated, at, "An element is longer than the file.")
            : throw MediaException.Malformed(at, "An element is longer than the one it stands in.");
    }

    /// <summary>The children of a master that is small and held in memory as a whole.</summary>
    public IEnumerable<EbmlElement> Children(MediaSource source)
    {
        for (var at = ContentOffset; at < End;)
        {
            var child = At(source, at, End);
            if (!child.IsSizeKnown)
            {
                throw MediaException.Malformed(at, "An element that is no cluster does not tell its size.");
            }

            yield return child;
            at = child.End;
        }
    }

    public static byte[] Of(uint id, ReadOnlySpan<byte> content, int width = 0) => [.. IdOf(id), .. SizeOf(content.Length, Math.Max(width, WidthOf(content.Length))), .. content];

    /// <summary>Dead space of <paramref name="length"/> bytes in all, two at least.</summary>
    public static byte[] VoidOf(long length)
    {
        var width = length < 129 ? 1 : 8;
        var bytes = new byte[length];
        bytes[0] = (byte)Void;
        SizeOf(length - 1 - width, width).CopyTo(bytes.AsSpan(1));
        return bytes;
    }

    public static byte[] SizeOf(long size, int width)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, size | (1L << (7 * width)));
        return bytes[(8 - width)..];
    }

    /// <summary>The fewest bytes; a size of ones alone means that none is told.</summary>
    public static int WidthOf(long size)
    {
        var width = 1;
        while (size >= (1L << (7 * width)) - 1)
        {
            width++;
        }

        return width;
    }

    private static byte[] IdOf(uint id)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        return bytes[(BitOperations.LeadingZeroCount(id) / 8)..];
    }
}
