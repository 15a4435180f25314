using System.Text.Json;
using Gating.Archive;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Evidence;

/// <summary>One line of <c>labels.jsonl</c>: the label that an archived output carries, by its number. It follows from the output's entry, and stands here for whoever holds a file. Without the newline.</summary>
/// <param name="Content">The <c>ProduceID</c>.</param>
/// <param name="Label">The label's JSON as it was written into the file.</param>
internal sealed record LabelLine(LeafPlace Place, string Content, string Label)
{
    /// <summary>Null where the entry is no output. Throws <see cref="FormatException"/> where it cannot be read as the output that it says it is.</summary>
    public static LabelLine? Of(Entry entry)
    {
        try
        {
            return ArchiveEntries.Read(entry) is { } output ? new(new(entry.Stream, entry.Seq), output.File.Content.Text, output.Label) : null;
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or UnknownVersionException)
        {
            throw new FormatException("It is no output's entry as this build knows them.", wrong);
        }
    }

    public byte[] ToBytes() => JsonBytes.OfObject(this, static (json, line) =>
    {
        json.WriteString("content"u8, line.Content);
        json.WriteString("stream"u8, line.Place.Stream.ToString());
        json.WriteNumber("seq"u8, line.Place.Seq);
        json.WriteString("label"u8, line.Label);
    });
}
