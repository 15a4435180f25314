using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Zip;

/// <summary>Headers of an entry that is new, or whose content is: what a header says beside sizes, method and place stays.</summary>
internal static class ZipHeader
{
    private const ushort Version = 20;

    /// <summary>Names are in UTF-8.</summary>
    private const ushort Utf8Flag = 0x0800;

    private const ushort Large = 0x0001;

    /// <summary>In the directory, for an entry that was there.</summary>
    public static byte[] Of(MediaSource source, ZipEntry entry, ZipContent content)
    {
        var header = source.ReadBytes(entry.HeaderAt, entry.HeaderLength, 4 * ushort.MaxValue);
        var extra = ZipEntry.FixedLength + UInt16(header, 28);
        var comment = extra + UInt16(header, 30);
        byte[] changed = [.. header.AsSpan(0, extra), .. WithoutLarge(header.AsSpan(extra, comment - extra)), .. header.AsSpan(comment)];
        UInt16(changed, 8, (ushort)(entry.Flags & Utf8Flag));
        UInt16(changed, 30, (ushort)(changed.Length - extra - (header.Length - comment)));
        return Fill(changed, content);
    }

    /// <summary>In the directory, for a new entry of the time and kind of another.</summary>
    public static byte[] New(MediaSource source, ZipEntry like, string name, ZipContent content)
    {
        byte[] header = [.. source.ReadBytes(like.HeaderAt, ZipEntry.FixedLength, ZipEntry.FixedLength), .. Encoding.ASCII.GetBytes(name)];
        UInt16(header, 6, Version);
        UInt16(header, 8, 0);
        UInt16(header, 28, (ushort)name.Length);
        header.AsSpan(30, 8).Clear();
        return Fill(header, content);
    }

    /// <summary>The local header that goes with one in the directory: it has the same fields, less some (APPNOTE 4.3.7), and extra fields of its own.</summary>
    public static byte[] Local(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        byte[] local = [.. ZipEntry.LocalSignature, .. header[6..32], .. header.Slice(ZipEntry.FixedLength, UInt16(header, 28)), .. extra];
        UInt16(local, 28, (ushort)extra.Length);
        return local;
    }

    public static byte[] LocalExtraOf(MediaSource source, ZipEntry entry)
    {
        var length = source.ReadUInt16LittleEndian(entry.LocalAt + 28);
        return WithoutLarge(source.ReadBytes(entry.DataAt(source) - length, length, ushort.MaxValue));
    }

    /// <summary>Puts an entry's place into its header.</summary>
    /// <param name="largeAt">Where it stands in 64 bits; 0: in 32.</param>
    public static void SetPlace(Span<byte> header, long place, int largeAt)
    {
        if (largeAt > 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header[largeAt..], place);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[42..], Demand32(place));
        }
    }

    public static uint Demand32(long place) => place < uint.MaxValue ? (uint)place : throw MediaException.Unsupported(place, "With a label, places in the ZIP would outgrow their 32 bits.");

    private static byte[] Fill(byte[] header, ZipContent content)
    {
        UInt16(header, 10, content.Method);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), content.Crc);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), content.Packed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), content.Length);
        return header;
    }

    // Its sizes need no 64 bits now, nor does its place. Fields that make no sense stay as they are.
    private static byte[] WithoutLarge(ReadOnlySpan<byte> extra)
    {
        var kept = new List<byte>(extra.Length);
        while (extra.Length >= 4 && UInt16(extra, 2) + 4 <= extra.Length)
        {
            var field = extra[..(UInt16(extra, 2) + 4)];
            kept.AddRange(UInt16(field, 0) == Large ? default : field);
            extra = extra[field.Length..];
        }

        kept.AddRange(extra);
        return [.. kept];
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static void UInt16(Span<byte> bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);
}
