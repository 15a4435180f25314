using System.Collections.Immutable;
using System.Text.Json;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation.Bulk;

/// <summary>What of an order can be settled once.</summary>
internal static class BulkParts
{
    public static SettlementId Decision(long bulk) => new(bulk, 1);

    public static SettlementId End(long bulk) => new(bulk, 2);
}

/// <summary>
/// The entries of bulk orders in the operator's ledger: JSON in a fixed order, ASCII, <c>v</c> first. Public is how many people it names, and at its end what became of them; who they are, who ordered it and why is sealed. What is
/// over 32 KiB stands in a blob by its hash.
/// </summary>
internal static class BulkEntries
{
    private const int Version = 1;

    public static EntryDraft Proposed(BulkOrder order, Official by) => new(
        EntryKind.BulkProposed,
        JsonBytes.OfObject(order.People.Length, static (json, people) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteNumber("people"u8, people);
        }),
        JsonBytes.OfObject((order, by), static (json, state) =>
        {
            json.WriteNumber("v"u8, Version);
            state.by.Write(json, "by");
            json.WriteString("reason"u8, state.order.Reason.Word());
            json.WriteString("text"u8, state.order.Text);
            if (state.order.Until is { } until)
            {
                json.WriteNumber("until"u8, until.ToUnixTimeMilliseconds());
            }

            json.WriteStartArray("people"u8);
            foreach (var person in state.order.People)
            {
                json.WriteStringValue(person.ToString());
            }

            json.WriteEndArray();
        }));

    public static RecordedBulk ReadProposed(Entry entry, ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        var root = json.RootElement;
        Known(root);
        return new(entry.Seq, entry.Time, Official.Read(root.GetProperty("by")), new(
            [.. root.GetProperty("people").EnumerateArray().Select(static hex => StreamId.TryParse(hex.GetString(), out var person) ? person : throw new FormatException("A bulk order names no stream."))],
            RevocationReasons.Read(root.GetProperty("reason").GetString()!),
            root.GetProperty("text").GetString()!,
            root.TryGetProperty("until", out var until) ? DateTimeOffset.FromUnixTimeMilliseconds(until.GetInt64()) : null));
    }

    public static EntryDraft Ended(long bulk, int stopped, int refused) => new(
        EntryKind.BulkEnded,
        JsonBytes.OfObject((bulk, stopped, refused), static (json, end) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteNumber("about"u8, end.bulk);
            json.WriteNumber("stopped"u8, end.stopped);
            json.WriteNumber("refused"u8, end.refused);
        }),
        default);

    public static (int Stopped, int Refused) ReadEnded(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        Known(json.RootElement);
        return (json.RootElement.GetProperty("stopped").GetInt32(), json.RootElement.GetProperty("refused").GetInt32());
    }

    private static void Known(JsonElement root)
    {
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("bulk order entry", version);
        }
    }
}
