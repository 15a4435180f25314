using System.Buffers.Binary;
using System.IO.Compression;
using Gating.Labels.Media;

namespace Gating.Labels.Zip;

/// <summary>What an entry holds, packed: deflated, or stored where that is no longer.</summary>
internal sealed record ZipContent(ushort Method, byte[] Packed, uint Crc, int Length)
{
    public static ZipContent Of(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var deflater = new DeflateStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(content);
        }

        return buffer.Length < content.Length
            ? new(ZipEntry.Deflated, buffer.ToArray(), Crc32.Of(content), content.Length)
            : new(ZipEntry.Stored, content, Crc32.Of(content), content.Length);
    }

    /// <summary>What the entry holds, which is at most <paramref name="limit"/> bytes, and just what its sizes and its checksum say.</summary>
    public static byte[] Read(MediaSource source, ZipEntry entry, int limit)
    {
        DemandSameHeaders(source, entry);
        if (entry.Length > limit)
        {
            throw MediaException.Unsupported(entry.LocalAt, $"{entry.Name} of {entry.Length} bytes; at most {limit} are read.");
        }

        var packed = source.ReadBytes(entry.DataAt(source), entry.PackedLength, limit);
        var content = entry.Method switch
        {
            ZipEntry.Stored => packed,
            ZipEntry.Deflated => Inflate(packed, (int)entry.Length),
            _ => throw MediaException.Unsupported(entry.LocalAt, $"{entry.Name} is packed by a method other than deflate."),
        };
        return content is not null && content.Length == entry.Length && Crc32.Of(content) == entry.Crc
            ? content
            : throw MediaException.Malformed(entry.LocalAt, $"{entry.Name} does not hold what its size and checksum say.");
    }

    /// <summary>Null where it is more or less, or cannot be inflated.</summary>
    private static byte[]? Inflate(byte[] packed, int length)
    {
        var bytes = new byte[length + 1];
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
            return inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == length ? bytes[..length] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // Some readers go by the one header, some by the other.
    private static void DemandSameHeaders(MediaSource source, ZipEntry entry)
    {
        Span<byte> local = stackalloc byte[ZipEntry.LocalFixedLength];
        source.Read(entry.LocalAt, local);
        var (flags, method, name) = (BinaryPrimitives.ReadUInt16LittleEndian(local[6..]), BinaryPrimitives.ReadUInt16LittleEndian(local[8..]), System.Text.Encoding.Latin1.GetBytes(entry.Name));
        if (method != entry.Method || BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) != name.Length || !source.StandsAt(entry.LocalAt + ZipEntry.LocalFixedLength, name)
            || !Says(local[14..], entry.Crc) || !Says(local[18..], entry.PackedLength) || !Says(local[22..], entry.Length))
        {
            throw MediaException.Malformed(entry.LocalAt, $"{entry.Name}: its two headers differ.");
        }

        // Where a descriptor follows, zero may stand here; and all ones where the size stands in a ZIP64 field.
        bool Says(ReadOnlySpan<byte> field, long value) =>
            BinaryPrimitives.ReadUInt32LittleEndian(field) is var said && (said == value || said == uint.MaxValue || (said == 0 && (flags & 0x0008) != 0));
    }
}
