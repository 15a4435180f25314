using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Riff;

/// <summary>A chunk of RIFF: four bytes of id, four of length, content, and a byte of padding behind an odd length.</summary>
/// <param name="End">Behind the padding, where there is any.</param>
internal sealed record RiffChunk(string Id, long Offset, long ContentEnd, long End)
{
    public const int HeaderSize = 8;

    /// <summary>The length that says that the true one stands elsewhere, or that nobody knew it.</summary>
    public const uint UnknownLength = uint.MaxValue;

    /// <summary>Far more than any file needs beside its frames, which are one chunk here; a bound of what is held.</summary>
    private const int MaxChunks = 10_000;

    public long ContentOffset => Offset + HeaderSize;

    public long Length => ContentEnd - ContentOffset;

    /// <summary>All chunks between two places. Fewer than eight bytes at the end are no chunk, and are left alone.</summary>
    /// <param name="lengthOf">The true length of a chunk whose length is <see cref="UnknownLength"/>, by its id and content; null: such a length is taken as it is.</param>
    public static IReadOnlyList<RiffChunk> ReadAll(MediaSource source, long from, long to, Func<string, long, long>? lengthOf = null)
    {
        var chunks = new List<RiffChunk>();
        for (var at = from; to - at >= HeaderSize; at = chunks[^1].End)
        {
            if (chunks.Count == MaxChunks)
            {
                throw MediaException.Unsupported(at, string.Create(CultureInfo.InvariantCulture, $"More than {MaxChunks} chunks."));
            }

            chunks.Add(ReadOne(source, at, to, lengthOf));
        }

        return chunks;
    }

    public static byte[] Of(string id, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[HeaderSize + content.Length + (content.Length & 1)];
        Encoding.Latin1.GetBytes(id, bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), content.Length);
        content.CopyTo(bytes.AsSpan(HeaderSize));
        return bytes;
    }

    /// <summary>Where the outermost chunk ends; a file that is shorter than it says is truncated.</summary>
    public static long EndOfFile(MediaSource source)
    {
        var size = source.ReadUInt32LittleEndian(4);
        source.Demand(HeaderSize, size);
        return HeaderSize + (long)size;
    }

    public bool IsList(MediaSource source, ReadOnlySpan<byte> type) => Id is "LIST" && Length >= type.Length && source.StandsAt(ContentOffset, type);

    private static RiffChunk ReadOne(MediaSource source, long at, long to, Func<string, long, long>? lengthOf)
    {
        Span<byte> id = stackalloc byte[4];
        source.Read(at, id);
        var name = Encoding.Latin1.GetString(id);
        long length = source.ReadUInt32LittleEndian(at + 4);
        if (length == UnknownLength && lengthOf is not null)
        {
            length = lengthOf(name, at + HeaderSize);
        }

        source.Demand(at + HeaderSize, length);
        var end = at + HeaderSize + length;
        if (end > to)
        {
            throw MediaException.Malformed(at, "A chunk reaches beyond what holds it.");
        }

        return new(name, at, end, Math.Min(end + (length & 1), to));
    }
}
