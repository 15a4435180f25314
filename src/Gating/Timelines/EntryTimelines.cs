using System.Text.Json;
using Gating.Admission;
using Gating.Ledger;

namespace Gating.Timelines;

/// <summary>
/// Which timelines an entry is on: those of the app, the tool, the issuer and the consents that its public part names, whatever the version of that part; of the kinds listed here and no others. Pure: a verifier
/// who has the entry comes to the same. A part that cannot be read names nobody, so that it is logged all the same.
/// </summary>
public static class EntryTimelines
{
    private static readonly TimelineKind[] Kinds = [TimelineKind.App, TimelineKind.Tool, TimelineKind.Issuer];

    public static IReadOnlyList<Timeline> Of(Entry entry)
    {
        if (!IsListed(entry.Kind))
        {
            return [];
        }

        try
        {
            using var json = JsonDocument.Parse(entry.Public);
            return json.RootElement.ValueKind is not JsonValueKind.Object ? []
                : entry.Kind is EntryKind.Granted ? [.. Of(json.RootElement), .. ConsentsOf(json.RootElement)]
                : Of(json.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    public static IEnumerable<TimelineRow> RowsOf(Entry entry) => Of(entry).Select(timeline => new TimelineRow(timeline, TimelineItem.Of(entry)));

    private static bool IsListed(EntryKind kind) => kind is EntryKind.Granted or EntryKind.Refused or EntryKind.Released or EntryKind.AppRefusals or EntryKind.Redeemed or EntryKind.Archived
        or EntryKind.Reported or EntryKind.ReleasedUnlabelled or EntryKind.Removed
        or EntryKind.Consented or EntryKind.ConsentWithdrawn
        or EntryKind.AppealFiled or EntryKind.AppealDecided
        or EntryKind.FiltersActive;

    private static List<Timeline> Of(JsonElement root)
    {
        var timelines = new List<Timeline>(Kinds.Length);
        foreach (var kind in Kinds)
        {
            if (root.TryGetProperty(kind.Word(), out var id) && id.ValueKind is JsonValueKind.String && Timeline.TryCreate(kind, id.GetString(), out var timeline)
                && !(kind is TimelineKind.Tool && IsOfNoTool(root)))
            {
                timelines.Add(timeline);
            }
        }

        return timelines;
    }

    private static IEnumerable<Timeline> ConsentsOf(JsonElement root) => root.TryGetProperty("consents"u8, out var ids) && ids.ValueKind is JsonValueKind.Array
        ? ids.EnumerateArray().Where(static id => id.ValueKind is JsonValueKind.String)
            .Select(static id => Timeline.TryCreate(TimelineKind.Consent, id.GetString(), out var timeline) ? timeline : default).Where(static timeline => timeline != default).Distinct()
        : [];

    /// <summary>What was asked for and is no tool has no timeline: otherwise whoever is refused could begin as many as he likes. The refusal is on the app's.</summary>
    private static bool IsOfNoTool(JsonElement root) =>
        root.TryGetProperty("reason"u8, out var reason) && reason.ValueKind is JsonValueKind.String && reason.ValueEquals(RefusalReason.ToolUnknown.Code());
}
