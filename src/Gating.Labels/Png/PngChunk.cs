using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>A chunk: four bytes of length, four of type, content, four of CRC over type and content.</summary>
/// <param name="Length">Of the content.</param>
internal sealed record PngChunk(string Type, long Offset, uint Length)
{
    public const int HeaderSize = 8;
    private const int CrcSize = 4;

    /// <summary>Files hold their pixels in many small chunks; this is pixels of some hundred megabytes at the usual size.</summary>
    private const int MaxChunks = 100_000;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public long End => Offset + HeaderSize + Length + CrcSize;

    /// <summary>All chunks from IHDR to IEND; runs of IDAT and fdAT come as their first and last alone.</summary>
    public static IReadOnlyList<PngChunk> ReadAll(MediaSource source)
    {
        var chunks = new List<PngChunk>();
        for (long at = Signature.Length; chunks is not [.., { Type: "IEND" }]; at = chunks[^1].End)
        {
            var chunk = ReadOne(source, at);
            if (chunks.Count == 0 && chunk.Type is not "IHDR")
            {
                throw MediaException.Malformed(at, "The first chunk is not IHDR.");
            }

            if (chunk.Type is "IDAT" or "fdAT" && chunks is [.., var before, var last] && string.Equals(before.Type, chunk.Type, StringComparison.Ordinal) && string.Equals(last.Type, chunk.Type, StringComparison.Ordinal))
            {
                chunks[^1] = chunk;
                continue;
            }

            chunks.Add(chunk);
            if (chunks.Count > MaxChunks)
            {
                throw MediaException.Unsupported(at, $"More than {MaxChunks} chunks.");
            }
        }

        return chunks;
    }

    public static byte[] Of(string type, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[HeaderSize + content.Length + CrcSize];
        BinaryPrimitives.WriteInt32BigEndian(bytes, content.Length);
        Encoding.ASCII.GetBytes(type, bytes.AsSpan(4));
        content.CopyTo(bytes.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeaderSize + content.Length), Crc32.Of(bytes.AsSpan(4, 4 + content.Length)));
        return bytes;
    }

    public static PngChunk ReadOne(MediaSource source, long at)
    {
        var length = source.ReadUInt32BigEndian(at);
        if (length > int.MaxValue)
        {
            throw MediaException.Malformed(at, "A chunk is longer than a chunk can be.");
        }

        Span<byte> type = stackalloc byte[4];
        source.Read(at + 4, type);
        foreach (var letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
            {
                throw MediaException.Malformed(at + 4, "A chunk's type is not four letters.");
            }
        }

        var chunk = new PngChunk(Encoding.ASCII.GetString(type), at, length);
        source.Demand(at, chunk.End - at);
        return chunk;
    }
}
