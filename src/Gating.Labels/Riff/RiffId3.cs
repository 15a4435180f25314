using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Riff;

/// <summary>
/// An ID3v2.3 or 2.4 tag in a chunk <c>id3 </c>: labels in <c>TXXX</c> frames of the description <c>AIGC</c>. Only the plain form of a tag is looked into, the one that is written
/// into RIFF: no unsynchronisation, no extended header, no footer.
/// </summary>
internal sealed record RiffId3(RiffChunk Chunk, long End, int Frames, IReadOnlyList<(long From, long To, string Text)> Labels)
{
    private const int HeaderSize = 10;
    private const int MaxFrames = 10_000;

    /// <param name="notes">Where a tag that is not looked into is noted.</param>
    public static RiffId3? Of(MediaSource source, RiffChunk chunk, List<string>? notes)
    {
        if (chunk.Id is not ("id3 " or "ID3 ") || chunk.Length < HeaderSize || !source.StandsAt(chunk.ContentOffset, "ID3"u8))
        {
            return null;
        }

        var (version, flags) = (source.ReadByte(chunk.ContentOffset + 3), source.ReadByte(chunk.ContentOffset + 5));
        var end = chunk.ContentOffset + HeaderSize + Syncsafe(source.ReadUInt32BigEndian(chunk.ContentOffset + 6));
        if (version is not (3 or 4) || flags != 0 || end > chunk.ContentEnd)
        {
            notes?.Add("An id3 chunk in a form that is not looked into.");
            return null;
        }

        return Walk(source, chunk, version, end);
    }

    public void Read(LabelFindings findings)
    {
        foreach (var (from, _, text) in Labels)
        {
            findings.Add("ID3 TXXX AIGC", from, text, isUsualPlace: false);
        }
    }

    /// <summary>The frames go, as much padding comes at the tag's end: no size changes. A tag of nothing else goes with its chunk.</summary>
    public void CutLabels(RiffSplice splice)
    {
        if (Labels.Count == Frames)
        {
            if (Frames > 0)
            {
                splice.Replace(Chunk.Offset, Chunk.End, default);
            }

            return;
        }

        foreach (var (from, to, _) in Labels)
        {
            splice.Replace(from, to, default);
        }

        splice.Replace(End, End, new byte[Labels.Sum(static label => label.To - label.From)]);
    }

    private static RiffId3 Walk(MediaSource source, RiffChunk chunk, byte version, long end)
    {
        var (frames, labels) = (0, new List<(long From, long To, string Text)>());
        for (var at = chunk.ContentOffset + HeaderSize; end - at >= HeaderSize && source.ReadByte(at) != 0 && frames < MaxFrames; frames++)
        {
            var size = source.ReadUInt32BigEndian(at + 4);
            var next = at + HeaderSize + (version == 4 ? Syncsafe(size) : size);
            if (next > end)
            {
                break;
            }

            // A second byte of flags says packed or encrypted: nobody writes such a label.
            if (source.StandsAt(at, "TXXX"u8) && source.ReadByte(at + 9) == 0 && LabelIn(source, at + HeaderSize, next) is { } text)
            {
                labels.Add((at, next, text));
                if (labels.Count > LabelFindings.MaxLabels)
                {
                    throw MediaException.Unsupported(at, $"An ID3 tag of more than {LabelFindings.MaxLabels} labels.");
                }
            }

            at = next;
        }

        return new(chunk, end, frames, labels);
    }

    // One byte of encoding, description, NUL, text.
    private static string? LabelIn(MediaSource source, long from, long to)
    {
        if (to - from < 2 || to - from > LabelJson.MaxBytes)
        {
            return null;
        }

        var content = source.ReadBytes(from, to - from, LabelJson.MaxBytes);
        var encoding = content[0] switch { 1 => Encoding.Unicode, 2 => Encoding.BigEndianUnicode, 3 => Encoding.UTF8, _ => Encoding.Latin1 };
        var parts = encoding.GetString(content, 1, content.Length - 1).Split('\0', 2);
        return parts is [var description, var text] && string.Equals(description.Trim('\uFEFF'), RiffInfo.LabelId, StringComparison.OrdinalIgnoreCase) ? text.Trim('\uFEFF', '\0') : null;
    }

    private static long Syncsafe(uint value) => (value & 0x7F) | ((value & 0x7F00) >> 1) | ((value & 0x7F0000) >> 2) | ((value & 0x7F000000) >> 3);
}
