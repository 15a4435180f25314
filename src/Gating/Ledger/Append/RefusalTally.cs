using System.Buffers;
using System.Text.Json;

namespace Gating.Ledger;

/// <summary>
/// Counts refusals of one stream that are not entries of their own (beyond <see cref="PerMinute"/> a minute). The count is written as one entry with
/// the stream's next commit, at the latest a minute later by the instance that counted. A crash loses at most that minute's count; never an entry.
/// </summary>
internal sealed class RefusalTally
{
    /// <summary>Refusals of one stream that are recorded one by one in a calendar minute.</summary>
    public const int PerMinute = 10;

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public bool IsEmpty => _counts.Count == 0;

    public void Add(string reason) => _counts[reason] = _counts.GetValueOrDefault(reason) + 1;

    /// <summary>The entry that says what was counted so far.</summary>
    public EntryDraft ToDraft()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, 1);
            json.WriteStartObject("refusals"u8);
            foreach (var (reason, count) in _counts)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new(EntryKind.RefusedMany, buffer.WrittenMemory, default);
    }

    /// <summary>How many refusals an entry counts that <see cref="ToDraft"/> made.</summary>
    public static long Read(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return json.RootElement.GetProperty("refusals").EnumerateObject().Sum(static reason => reason.Value.GetInt64());
    }

    /// <summary>Takes back what <paramref name="written"/> had counted, after it became durable.</summary>
    public void Subtract(IReadOnlyDictionary<string, int> written)
    {
        foreach (var (reason, count) in written)
        {
            if (_counts.GetValueOrDefault(reason) is var left && left > count)
            {
                _counts[reason] = left - count;
            }
            else
            {
                _counts.Remove(reason);
            }
        }
    }

    public Dictionary<string, int> Snapshot() => new(_counts, StringComparer.Ordinal);
}
