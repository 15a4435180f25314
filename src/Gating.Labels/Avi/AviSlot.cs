using Gating.Labels.Media;
using Gating.Labels.Riff;

namespace Gating.Labels.Avi;

/// <summary>Where the label's list goes: in the place of what stands between two offsets, and followed by what is left of it as filling.</summary>
internal sealed record AviSlot(long From, long To, byte[] Rest)
{
    /// <summary>Larger filling is not looked through.</summary>
    private const int MaxFilling = 64 * 1024;

    /// <summary>The first run of filling, and of lists that hold labels alone, that has room: then nothing moves, and readers that stop at the frames see the label where writers leave such room.</summary>
    public static AviSlot? Find(MediaSource source, IReadOnlyList<RiffChunk> chunks, int needed)
    {
        for (var first = 0; first < chunks.Count; first++)
        {
            var next = first;
            while (next < chunks.Count && chunks[next].End - chunks[first].Offset <= MaxFilling && IsFilling(source, chunks[next]))
            {
                next++;
            }

            if (next > first)
            {
                var (from, to) = (chunks[first].Offset, chunks[next - 1].End);
                var rest = to - from - needed;
                if (rest == 0 || (rest >= RiffChunk.HeaderSize && (rest & 1) == 0))
                {
                    return new(from, to, rest == 0 ? [] : RiffChunk.Of("JUNK", new byte[rest - RiffChunk.HeaderSize]));
                }

                first = next - 1;
            }
        }

        return null;
    }

    /// <summary>The end of the first RIFF, in the place of a list that stands there and holds labels alone.</summary>
    public static AviSlot AtEnd(MediaSource source, IReadOnlyList<RiffChunk> chunks, long end, int needed)
    {
        // OpenDML: the further RIFFs hold frames that indexes point at from the start of the file.
        if (source.StandsAt(end + (end & 1), "RIFF"u8))
        {
            throw MediaException.Unsupported(end, $"A file of several RIFFs without {needed} bytes of filling in the first one: a label would move what its indexes point at.");
        }

        var last = chunks[^1];
        return new(RiffInfo.Of(source, last, notes: null) is { Labels.Count: > 0, HoldsNothingElse: true } ? last.Offset : last.End, last.End, []);
    }

    private static bool IsFilling(MediaSource source, RiffChunk chunk) =>
        chunk.Id is "JUNK"
            ? chunk.Length <= MaxFilling && source.ReadBytes(chunk.ContentOffset, chunk.Length, MaxFilling).AsSpan().IndexOfAnyExcept((byte)0) < 0
            : RiffInfo.Of(source, chunk, notes: null) is { Labels.Count: > 0, HoldsNothingElse: true };
}
