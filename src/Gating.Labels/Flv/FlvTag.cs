using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Flv;

/// <summary>A tag: type, three bytes of size, four of time, three of stream, content, four of the size again with the header's eleven (FLV 10.1, E.4.1).</summary>
/// <param name="Size">Of the content.</param>
internal sealed record FlvTag(byte Type, long Offset, int Size)
{
    public const int HeaderSize = 11;
    public const int TrailerSize = 4;
    public const byte Script = 18;

    private const int MinFileHeader = 9;

    /// <summary>Script tags are looked for before the first of sound or picture, and a few of those behind: players read no others.</summary>
    private const int MaxTags = 64;

    public long ContentOffset => Offset + HeaderSize;

    public long End => ContentOffset + Size + TrailerSize;

    /// <summary>Where the first tag stands: behind the header and the size of a tag that is not there.</summary>
    public static long FirstAt(MediaSource source)
    {
        var header = source.ReadUInt32BigEndian(5);
        return header < MinFileHeader || header > source.Length - TrailerSize
            ? throw MediaException.Malformed(5, "The header has a size that it cannot have.")
            : header + TrailerSize;
    }

    public static IReadOnlyList<FlvTag> ReadFirst(MediaSource source)
    {
        var tags = new List<FlvTag>();
        for (var at = FirstAt(source); at < source.Length && tags.Count < MaxTags; at = tags[^1].End)
        {
            var head = source.ReadUInt32BigEndian(at);
            var tag = new FlvTag((byte)(head >> 24), at, (int)(head & 0xFFFFFF));

            // Bit 5 says that the content is encrypted: a script of that kind is not looked into.
            if (tag.Type is not (8 or 9 or Script or 40 or 41 or 50))
            {
                throw MediaException.Malformed(at, "A tag is neither sound, picture nor script.");
            }

            // A recording that breaks off in its last tag is played by everybody.
            if (tag.End > source.Length && tag.Type is not Script && tags.Count > 0)
            {
                break;
            }

            source.Demand(at, tag.End - at);
            tags.Add(tag);
        }

        return tags;
    }

    /// <summary>A tag of this one's time and stream with another content; <paramref name="old"/> null: of time zero.</summary>
    public static byte[] Of(MediaSource source, FlvTag? old, ReadOnlySpan<byte> content)
    {
        if (content.Length > 0xFFFFFF)
        {
            throw MediaException.Unsupported(old?.Offset ?? 0, "Its metadata would be longer than a tag can be.");
        }

        var bytes = new byte[HeaderSize + content.Length + TrailerSize];
        if (old is not null)
        {
            source.Read(old.Offset, bytes.AsSpan(0, HeaderSize));
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, ((uint)Script << 24) | (uint)content.Length);
        content.CopyTo(bytes.AsSpan(HeaderSize));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(HeaderSize + content.Length), HeaderSize + content.Length);
        return bytes;
    }
}
