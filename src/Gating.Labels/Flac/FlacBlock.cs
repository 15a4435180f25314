using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Flac;

/// <summary>A metadata block (RFC 9639, 8.1): a bit that says "last", seven of type, 24 of length, content.</summary>
internal sealed record FlacBlock(byte Type, bool IsLast, long Offset, int Length)
{
    public const int HeaderSize = 4;
    public const int MaxLength = (1 << 24) - 1;
    public const byte StreamInfo = 0;
    public const byte VorbisComment = 4;

    private const int StreamInfoLength = 34;
    private const byte Forbidden = 127;
    private const int MaxBlocks = 10_000;

    public long ContentOffset => Offset + HeaderSize;

    public long End => ContentOffset + Length;

    /// <summary>All blocks of the stream whose <c>fLaC</c> stands at <paramref name="offset"/>.</summary>
    public static IReadOnlyList<FlacBlock> ReadAll(MediaSource source, long offset)
    {
        var blocks = new List<FlacBlock>();
        for (var at = offset + 4; blocks is not [.., { IsLast: true }]; at = blocks[^1].End)
        {
            var header = source.ReadUInt32BigEndian(at);
            var block = new FlacBlock((byte)((header >> 24) & 0x7F), header >> 31 == 1, at, (int)(header & MaxLength));
            if (block.Type == Forbidden || (blocks.Count == 0) != (block.Type == StreamInfo) || (block.Type == StreamInfo && block.Length != StreamInfoLength))
            {
                throw MediaException.Malformed(at, "A FLAC metadata block that cannot stand there; the first, and no other, is STREAMINFO with 34 bytes.");
            }

            source.Demand(at, block.End - at);
            blocks.Add(block);
            if (blocks.Count > MaxBlocks)
            {
                throw MediaException.Unsupported(at, $"More than {MaxBlocks} FLAC metadata blocks.");
            }
        }

        // Fourteen bits of sync and one that is zero (9.1), unless there is no audio yet.
        var audio = blocks[^1].End;
        return audio == source.Length || (audio <= source.Length - 2 && (source.ReadUInt16BigEndian(audio) & 0xFFFE) == 0xFFF8)
            ? blocks
            : throw MediaException.Malformed(audio, "No FLAC frame follows the metadata.");
    }

    public static byte[] Header(byte type, bool isLast, long length, long offset)
    {
        if (length > MaxLength)
        {
            throw MediaException.Unsupported(offset, $"A FLAC metadata block would have {length} bytes; there is room for {MaxLength}.");
        }

        var bytes = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (isLast ? 0x8000_0000 : 0) | ((uint)type << 24) | (uint)length);
        return bytes;
    }
}
