using Gating.Labels.Media;
using Gating.Labels.Riff;

namespace Gating.Labels.Wav;

/// <summary>The chunks of a WAVE file, in RIFF or in RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088), whose true sizes stand in <c>ds64</c>.</summary>
/// <param name="End">Of the outermost chunk.</param>
/// <param name="SizeAt">Where its size stands.</param>
internal sealed record WavFile(IReadOnlyList<RiffChunk> Chunks, long End, long SizeAt, int SizeWidth)
{
    private const int FirstChunk = 12;
    private const int DataSizeAt = 8;
    private const int TableAt = 28;
    private const int EntrySize = 12;

    public static WavFile Read(MediaSource source) => source.StandsAt(0, "RIFF"u8) ? ReadPlain(source) : ReadLarge(source);

    // Who writes into a pipe cannot go back to fill in sizes: 0 or -1 then stands for "to the end". A size beyond the end is wrong, and the chunks say whether something is missing.
    private static WavFile ReadPlain(MediaSource source)
    {
        var size = source.ReadUInt32LittleEndian(4);
        var end = size == 0 || size > source.Length - RiffChunk.HeaderSize ? source.Length : RiffChunk.HeaderSize + (long)size;
        return new(RiffChunk.ReadAll(source, FirstChunk, end, (id, at) => id is "data" ? end - at : RiffChunk.UnknownLength), end, 4, 4);
    }

    private static WavFile ReadLarge(MediaSource source)
    {
        if (!source.StandsAt(FirstChunk, "ds64"u8))
        {
            throw MediaException.Malformed(FirstChunk, "The first chunk is not ds64.");
        }

        var sizes = RiffChunk.ReadAll(source, FirstChunk, Math.Min(source.Length, FirstChunk + RiffChunk.HeaderSize + (long)source.ReadUInt32LittleEndian(16)))[0];
        if (sizes.Length < TableAt - 4)
        {
            throw MediaException.Malformed(sizes.Offset, "The chunk ds64 is too short.");
        }

        var stands32 = source.ReadUInt32LittleEndian(4);
        var isLarge = stands32 == RiffChunk.UnknownLength;
        var size = isLarge ? Length(source, sizes.ContentOffset) : stands32;
        source.Demand(RiffChunk.HeaderSize, size);
        var end = RiffChunk.HeaderSize + size;
        var chunks = RiffChunk.ReadAll(source, FirstChunk, end, (id, _) => id is "data" ? Length(source, sizes.ContentOffset + DataSizeAt) : LengthInTable(source, sizes, id));
        return isLarge ? new(chunks, end, sizes.ContentOffset, 8) : new(chunks, end, 4, 4);
    }

    private static long LengthInTable(MediaSource source, RiffChunk sizes, string id)
    {
        var name = System.Text.Encoding.Latin1.GetBytes(id);
        for (var at = sizes.ContentOffset + TableAt; at + EntrySize <= sizes.ContentEnd; at += EntrySize)
        {
            if (source.StandsAt(at, name))
            {
                return Length(source, at + 4);
            }
        }

        return RiffChunk.UnknownLength;
    }

    private static long Length(MediaSource source, long at) =>
        source.ReadUInt64LittleEndian(at) is var length && length <= long.MaxValue / 2 ? (long)length : throw MediaException.Malformed(at, "A length that cannot be.");
}
