using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Id3;

/// <summary>A frame: identifier, length, flags (not in ID3v2.2), content.</summary>
/// <param name="Offset">In the tag's body, as all places here.</param>
internal sealed record Id3Frame(string Id, long Offset, long ContentOffset, long End, ushort Flags)
{
    private const int MaxFrames = 10_000;

    public static int HeaderSize(int version) => version == 2 ? 6 : 10;

    /// <summary>Null where what stands there is no chain of frames, read in this way.</summary>
    /// <param name="hasPlainLengths">Lengths of eight bits a byte, as some wrote them into ID3v2.4 too.</param>
    public static IReadOnlyList<Id3Frame>? ReadAll(MediaSource body, long at, long end, int version, bool hasPlainLengths)
    {
        var frames = new List<Id3Frame>();
        var header = HeaderSize(version);
        while (end - at >= header && body.ReadByte(at) != 0)
        {
            if (ReadOne(body, at, end, version, hasPlainLengths) is not { } frame)
            {
                return null;
            }

            frames.Add(frame);
            if (frames.Count > MaxFrames)
            {
                throw MediaException.Unsupported(at, $"More than {MaxFrames} frames in an ID3 tag.");
            }

            at = frame.End;
        }

        return frames;
    }

    /// <summary>A frame without flags; lengths of ID3v2.4 have seven bits a byte.</summary>
    public static byte[] Header(string id, int version, long length, ushort flags)
    {
        if (length > Id3Header.MaxLength)
        {
            throw MediaException.Unsupported(0, $"An ID3 frame of {length} bytes.");
        }

        var bytes = new byte[HeaderSize(4)];
        Encoding.ASCII.GetBytes(id, bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), flags);
        if (version == 4)
        {
            Id3Header.PutSyncSafe(bytes.AsSpan(4), (int)length);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), (int)length);
        }

        return bytes;
    }

    /// <summary>The content, decoded, or the first <paramref name="limit"/> bytes of it; null where it is encrypted or cannot be unpacked.</summary>
    public byte[]? ReadContent(MediaSource body, int version, bool isUnsynchronised, int limit)
    {
        var (skip, isEncrypted, isFrameUnsynchronised) = version switch
        {
            // ID3v2.3, 3.3.1: unpacked length, method of encryption, group. ID3v2.4, 4.1.2: group, encryption, length.
            3 => ((Has(0x80) ? 4 : 0) + (Has(0x20) ? 1 : 0), Has(0x40), false),
            4 => ((Has(0x40) ? 1 : 0) + (Has(0x01) ? 4 : 0), Has(0x04), isUnsynchronised || Has(0x02)),
            _ => (0, false, false),
        };
        var length = End - ContentOffset - skip;
        if (isEncrypted || length < 0)
        {
            return null;
        }

        var bytes = body.ReadBytes(ContentOffset + skip, Math.Min(length, limit), limit);
        bytes = isFrameUnsynchronised ? Unsynchronisation.Undo(bytes) : bytes;
        return IsPacked(version) ? Inflate.Zlib(bytes, 0, limit) : bytes;
    }

    public bool IsPacked(int version) => version switch
    {
        3 => Has(0x80),
        4 => Has(0x08),
        _ => false,
    };

    private bool Has(int flag) => (Flags & flag) != 0;

    private static Id3Frame? ReadOne(MediaSource body, long at, long end, int version, bool hasPlainLengths)
    {
        Span<byte> header = stackalloc byte[HeaderSize(version)];
        body.Read(at, header);
        var id = header[..(version == 2 ? 3 : 4)];
        foreach (var letter in id)
        {
            if (!char.IsAsciiLetterUpper((char)letter) && !char.IsAsciiDigit((char)letter))
            {
                return null;
            }
        }

        long length;
        if (version == 2)
        {
            length = (header[3] << 16) | (header[4] << 8) | header[5];
        }
        else if (version == 3 || hasPlainLengths)
        {
            length = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        }
        else if (Id3Header.TrySyncSafe(header[4..], out var safe))
        {
            length = safe;
        }
        else
        {
            return null;
        }

        var content = at + header.Length;
        return length <= end - content ? new(Encoding.ASCII.GetString(id), at, content, content + length, version == 2 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(header[8..])) : null;
    }
}
