using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Zip;

/// <summary>An entry as the central directory tells of it (APPNOTE 4.3.12), sizes and place taken from its ZIP64 field where they stand there.</summary>
/// <param name="Name">Empty for one that is longer than any that is looked for.</param>
/// <param name="HeaderAt">Of its header in the directory.</param>
/// <param name="LocalAt">Of its local header.</param>
/// <param name="LargePlaceAt">Where, from <paramref name="HeaderAt"/> on, its place stands in 64 bits; 0: in 32.</param>
internal sealed record ZipEntry(string Name, long HeaderAt, int HeaderLength, long LocalAt, ushort Flags, ushort Method, uint Crc, long PackedLength, long Length, int LargePlaceAt)
{
    public const int FixedLength = 46;
    public const int LocalFixedLength = 30;
    public const ushort Stored = 0;
    public const ushort Deflated = 8;

    private const int MaxName = 256;
    private const ushort Large = 0x0001;
    private const ushort HasDescriptor = 0x0008;

    /// <summary>Encrypted, strongly encrypted, or with its header masked (4.4.4).</summary>
    private const ushort EncryptionFlags = 0x2041;

    /// <summary>Of WinZip's AES.</summary>
    private const ushort EncryptedMethod = 99;

    public static ReadOnlySpan<byte> Signature => "PK\u0001\u0002"u8;

    public static ReadOnlySpan<byte> LocalSignature => "PK\u0003\u0004"u8;

    public bool IsEncrypted => (Flags & EncryptionFlags) != 0 || Method == EncryptedMethod;

    public static ZipEntry At(MediaSource source, long at)
    {
        Span<byte> header = stackalloc byte[FixedLength];
        source.Read(at, header);
        if (!header.StartsWith(Signature))
        {
            throw MediaException.Malformed(at, "No entry stands where the ZIP's directory should have one.");
        }

        int name = UInt16(header, 28), extra = UInt16(header, 30), comment = UInt16(header, 32);
        source.Demand(at, FixedLength + name + extra + comment);
        if (UInt16(header, 34) is not (0 or ushort.MaxValue))
        {
            throw MediaException.Unsupported(at, "A ZIP in several volumes.");
        }

        var entry = new ZipEntry(
            name <= MaxName ? NameAt(source, at + FixedLength, name) : string.Empty, at, FixedLength + name + extra + comment, UInt32(header, 42), UInt16(header, 8), UInt16(header, 10),
            UInt32(header, 16), UInt32(header, 20), UInt32(header, 24), 0);
        return entry.Length == uint.MaxValue || entry.PackedLength == uint.MaxValue || entry.LocalAt == uint.MaxValue ? entry.WithLarge(source, FixedLength + name, extra) : entry;
    }

    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where its data begins, behind its local header.</summary>
    public long DataAt(MediaSource source)
    {
        if (!source.StandsAt(LocalAt, LocalSignature))
        {
            throw MediaException.Malformed(LocalAt, "No entry stands where the ZIP's directory says that one does.");
        }

        return LocalAt + LocalFixedLength + source.ReadUInt16LittleEndian(LocalAt + 26) + source.ReadUInt16LittleEndian(LocalAt + 28);
    }

    /// <summary>Where it ends, with the descriptor that may follow its data: with or without a mark, in sizes of 32 or 64 bits (4.3.9).</summary>
    public long End(MediaSource source)
    {
        var end = DataAt(source) + PackedLength;
        if ((Flags & HasDescriptor) == 0)
        {
            return end;
        }

        var marked = source.StandsAt(end, "PK\u0007\u0008"u8) ? 4 : 0;
        var crc = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc);
        if (!source.StandsAt(end + marked, crc))
        {
            throw MediaException.Malformed(end, $"{Name}: no descriptor follows its data, or one of other data.");
        }

        var (sizes, at) = (new byte[16], end + marked + 4);
        BinaryPrimitives.WriteUInt32LittleEndian(sizes, (uint)PackedLength);
        BinaryPrimitives.WriteUInt32LittleEndian(sizes.AsSpan(4), (uint)Length);
        if (source.StandsAt(at, sizes.AsSpan(0, 8)))
        {
            return at + 8;
        }

        BinaryPrimitives.WriteInt64LittleEndian(sizes, PackedLength);
        BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(8), Length);
        return source.StandsAt(at, sizes) ? at + 16 : throw MediaException.Malformed(end, $"{Name}: the descriptor that follows its data is of other sizes.");
    }

    private static string NameAt(MediaSource source, long at, int length)
    {
        Span<byte> name = stackalloc byte[length];
        source.Read(at, name);
        return Encoding.Latin1.GetString(name);
    }

    // 4.5.3: of the fields that are full of ones, in this order.
    private ZipEntry WithLarge(MediaSource source, int from, int length)
    {
        for (int at = from, end = from + length; at + 4 <= end;)
        {
            var (id, size) = (source.ReadUInt16LittleEndian(HeaderAt + at), source.ReadUInt16LittleEndian(HeaderAt + at + 2));
            at += 4;
            if (id != Large || size > end - at)
            {
                at += size;
                continue;
            }

            var (next, last) = (at, at + size);
            var whole = Length == uint.MaxValue ? Take() : Length;
            var packed = PackedLength == uint.MaxValue ? Take() : PackedLength;
            var place = LocalAt == uint.MaxValue ? next : 0;
            return this with { Length = whole, PackedLength = packed, LocalAt = place > 0 ? Take() : LocalAt, LargePlaceAt = place };

            long Take()
            {
                next += 8;
                return next <= last && source.ReadUInt64LittleEndian(HeaderAt + next - 8) is var value && value <= long.MaxValue / 4
                    ? (long)value
                    : throw MediaException.Malformed(HeaderAt, "A ZIP64 field that is too short, or holds what cannot be.");
            }
        }

        throw MediaException.Malformed(HeaderAt, "An entry of 4 GiB without a ZIP64 field.");
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
