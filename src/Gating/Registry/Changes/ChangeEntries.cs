using System.Text.Json;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Registry.Changes;

/// <summary>Which parts of a proposed change can be settled once.</summary>
internal static class ChangeParts
{
    public static SettlementId Decision(long change) => new(change, 1);

    public static SettlementId End(long change) => new(change, 2);
}

/// <summary>The entries of changes in the operator's ledger: JSON in a fixed order, ASCII, <c>v</c> first. The public part names the item; who wants it, and the item before and after, are sealed.</summary>
internal static class ChangeEntries
{
    private const int Version = 1;

    public static EntryDraft Proposed(RecordedChange change) => new(
        EntryKind.ChangeProposed,
        JsonBytes.OfObject(change, static (json, change) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("kind"u8, change.Item.Kind);
            json.WriteString("name"u8, change.Item.Name);
            json.WriteNumber("humans"u8, change.TakesTwo ? 2 : 1);
        }),
        JsonBytes.OfObject(change, static (json, change) =>
        {
            json.WriteNumber("v"u8, Version);
            change.By.Write(json, "by");
            if (change.Before is { } before)
            {
                json.WriteString("tag"u8, change.BeforeTag);
                json.WriteString("before"u8, before.Json);
            }

            if (change.After is { } after)
            {
                json.WriteString("after"u8, after.Json);
            }
        }));

    public static RecordedChange ReadProposed(Entry entry, ReadOnlyMemory<byte> opened)
    {
        using var open = JsonDocument.Parse(entry.Public);
        using var json = JsonDocument.Parse(opened);
        Known(open.RootElement);
        Known(json.RootElement);
        var item = new RegistryItem(open.RootElement.GetProperty("kind").GetString()!, open.RootElement.GetProperty("name").GetString()!);
        return new(
            entry.Seq, entry.Time, item, json.RootElement.TryGetProperty("tag", out var tag) ? tag.GetString() : null, Row(json.RootElement, "before", item, 0), Row(json.RootElement, "after", item, entry.Seq),
            Official.Read(json.RootElement.GetProperty("by")), open.RootElement.GetProperty("humans").GetInt32() == 2);
    }

    private static RegistryRow? Row(JsonElement root, string member, RegistryItem item, long change) => root.TryGetProperty(member, out var text) ? new(item.Kind, item.Name, text.GetString()!, change) : null;

    private static void Known(JsonElement root)
    {
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("change entry", version);
        }
    }
}
