using Gating.Labels.Media;

namespace Gating.Labels.Id3;

/// <summary>The ten bytes before an ID3v2 tag (ID3v2.4 structure, 3.1): <c>ID3</c>, version, flags, length in four times seven bits.</summary>
/// <param name="Length">Of what stands between header and footer.</param>
internal readonly record struct Id3Header(long Offset, byte Version, byte Revision, byte Flags, int Length)
{
    public const int Size = 10;
    public const int MaxLength = (1 << 28) - 1;
    public const byte Unsynchronised = 0x80;
    public const byte Extended = 0x40;

    /// <summary>In front of one audio stream; more are a mistake or an attack.</summary>
    private const int MaxTags = 8;

    private const byte HasFooterFlag = 0x10;

    public long BodyStart => Offset + Size;

    public long BodyEnd => BodyStart + Length;

    public long End => BodyEnd + (HasFooter ? Size : 0);

    public bool HasFooter => Version == 4 && (Flags & HasFooterFlag) != 0;

    /// <summary>Null where none stands.</summary>
    public static Id3Header? At(MediaSource source, long offset)
    {
        if (!source.StandsAt(offset, "ID3"u8))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (source.Length - offset < Size)
        {
            return null;
        }

        source.Read(offset, bytes);
        return bytes[3] != 0xFF && bytes[4] != 0xFF && TrySyncSafe(bytes[6..], out var length) ? new(offset, bytes[3], bytes[4], bytes[5], length) : null;
    }

    /// <summary>The tags that follow each other at the start of the file.</summary>
    public static IReadOnlyList<Id3Header> InFront(MediaSource source)
    {
        var tags = new List<Id3Header>();
        for (var at = 0L; At(source, at) is { } tag; at = tag.End)
        {
            tags.Add(tag);
            if (tags.Count > MaxTags)
            {
                throw MediaException.Unsupported(at, $"More than {MaxTags} ID3 tags.");
            }
        }

        return tags;
    }

    public byte[] ToBytes(ReadOnlySpan<byte> magic)
    {
        var bytes = new byte[Size];
        magic.CopyTo(bytes);
        (bytes[3], bytes[4], bytes[5]) = (Version, Revision, Flags);
        PutSyncSafe(bytes.AsSpan(6), Length);
        return bytes;
    }

    public static bool TrySyncSafe(ReadOnlySpan<byte> bytes, out int value)
    {
        value = (bytes[0] << 21) | (bytes[1] << 14) | (bytes[2] << 7) | bytes[3];
        return ((bytes[0] | bytes[1] | bytes[2] | bytes[3]) & 0x80) == 0;
    }

    public static void PutSyncSafe(Span<byte> into, int value)
    {
        for (var i = 3; i >= 0; i--, value >>= 7)
        {
            into[i] = (byte)(value & 0x7F);
        }
    }
}
