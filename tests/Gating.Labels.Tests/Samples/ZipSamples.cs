using System.IO.Compression;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Tests.Samples;

/// <summary>ZIP archives put together by hand, in every way in which programs write them.</summary>
internal static class ZipSamples
{
    [Flags]
    public enum Form
    {
        Plain = 0,

        /// <summary>Sizes and checksum follow the data.</summary>
        Descriptor = 1,

        /// <summary>Without the descriptor's mark, which is not required.</summary>
        Unmarked = 2,

        /// <summary>Sizes and places of 64 bits.</summary>
        Large = 4,

        /// <summary>Extra fields, comments of the entries and one of the archive.</summary>
        Extra = 8,
        Deflated = 16,
    }

    public static byte[] Of(Form form, params (string Name, string Content)[] entries)
    {
        var (file, directory) = (new List<byte>(), new List<byte>());
        foreach (var (name, content) in entries)
        {
            directory.AddRange(Add(file, form, name, Encoding.UTF8.GetBytes(content)));
        }

        var start = file.Count;
        file.AddRange(directory);
        if (form.HasFlag(Form.Large))
        {
            var end = file.Count;
            file.AddRange([.. "PK\u0006\u0006"u8, .. Long(44), .. Short(45, 45), .. Int(0, 0), .. Long(entries.Length), .. Long(entries.Length), .. Long(end - start), .. Long(start)]);
            file.AddRange([.. "PK\u0006\u0007"u8, .. Int(0), .. Long(end), .. Int(1), .. "PK\u0005\u0006"u8, .. Short(0, 0, 0xFFFF, 0xFFFF), .. Int(-1, -1), .. Short(0)]);
            return [.. file];
        }

        var comment = form.HasFlag(Form.Extra) ? "of the archive"u8.ToArray() : [];
        return [.. file, .. "PK\u0005\u0006"u8, .. Short(0, 0, entries.Length, entries.Length), .. Int(file.Count - start, start), .. Short(comment.Length), .. comment];
    }

    public static byte[] Deflate(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var deflater = new DeflateStream(buffer, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflater.Write(content);
        }

        return buffer.ToArray();
    }

    /// <summary>Returns its header in the directory.</summary>
    private static byte[] Add(List<byte> file, Form form, string name, byte[] content)
    {
        var (place, isLarge, hasDescriptor) = (file.Count, form.HasFlag(Form.Large), form.HasFlag(Form.Descriptor));
        var packed = form.HasFlag(Form.Deflated) ? Deflate(content) : content;
        byte[] crc = Int((int)Crc32.Of(content));
        byte[] common = [.. Short(isLarge ? 45 : 20, hasDescriptor ? 8 : 0, form.HasFlag(Form.Deflated) ? 8 : 0), .. Int(0x5A210000)];
        byte[] sizes = isLarge ? Int(-1, -1) : Int(packed.Length, content.Length);
        byte[] large = isLarge ? [.. Short(1, 16), .. Long(content.Length), .. Long(packed.Length)] : [];
        byte[] extra = form.HasFlag(Form.Extra) ? [.. Short(0xA220, 4), 1, 2, 3, 4] : [];
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        file.AddRange([.. "PK\u0003\u0004"u8, .. common, .. hasDescriptor ? new byte[12] : [.. crc, .. sizes], .. Short(utf8.Length, large.Length + extra.Length), .. utf8, .. large, .. extra, .. packed]);
        if (hasDescriptor)
        {
            file.AddRange([.. form.HasFlag(Form.Unmarked) ? [] : "PK\u0007\u0008"u8.ToArray(), .. crc, .. isLarge ? [.. Long(packed.Length), .. Long(content.Length)] : Int(packed.Length, content.Length)]);
        }

        large = isLarge ? [.. Short(1, 24), .. Long(content.Length), .. Long(packed.Length), .. Long(place)] : [];
        var comment = form.HasFlag(Form.Extra) ? "of the entry"u8.ToArray() : [];
        return [.. "PK\u0001\u0002"u8, .. Short(45), .. common, .. crc, .. sizes, .. Short(utf8.Length, extra.Length + large.Length, comment.Length, 0, 0), .. Int(0, isLarge ? -1 : place), .. utf8, .. extra, .. large, .. comment];
    }

    private static byte[] Short(params int[] values) => [.. values.SelectMany(static value => BitConverter.GetBytes((ushort)value))];

    private static byte[] Int(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Long(long value) => BitConverter.GetBytes(value);
}
