using System.Text.Json;
using Gating.Ledger;
using Gating.Log;

namespace Gating.Evidence;

/// <summary>
/// One line of <c>streams.jsonl</c>: a stream that is disclosed whole. Its entries 1 to <paramref name="Entries"/> are in the bundle; of their tags 1 to <paramref name="Sealed"/> are in the checkpoint's tree and the next one is not,
/// which anybody checks who has the key and reads the log's leaves. Without the newline.
/// </summary>
/// <param name="Key">The stream's log key, 32 bytes: from it follow the tags of all its leaves, past and to come.</param>
internal sealed record StreamLine(StreamId Stream, ReadOnlyMemory<byte> Key, long Entries, long Sealed)
{
    /// <summary>Null for anything but what <see cref="ToBytes"/> writes.</summary>
    public static StreamLine? Parse(ReadOnlyMemory<byte> line) => EvidenceJson.Read(line, Read, static read => read.ToBytes());

    public byte[] ToBytes() => JsonBytes.OfObject(this, static (json, line) =>
    {
        json.WriteString("stream"u8, line.Stream.ToString());
        json.WriteBase64String("key"u8, line.Key.Span);
        json.WriteNumber("entries"u8, line.Entries);
        json.WriteNumber("sealed"u8, line.Sealed);
    });

    private static StreamLine? Read(JsonElement root)
    {
        var (entries, isSealed) = (EvidenceJson.Number(root, "entries"), EvidenceJson.Number(root, "sealed"));
        return root.GetProperty("key").GetBytesFromBase64() is { Length: LeafKey.Size } key && isSealed <= entries ? new(EvidenceJson.Stream(root), key, entries, isSealed) : null;
    }
}
