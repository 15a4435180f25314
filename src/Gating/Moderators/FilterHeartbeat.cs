using System.Text.Json;
using Gating.Ledger;

namespace Gating.Moderators;

/// <summary>An app's word that its filters before a tool are active, as the app's ledger has it.</summary>
/// <param name="Seq">Of its entry.</param>
/// <param name="Until">From this time on it says nothing any more.</param>
public sealed record FilterHeartbeat(long Seq, DateTimeOffset Until);

/// <summary>The entries of heartbeats, in the app's ledger: JSON in a fixed order, ASCII, <c>v</c> first. Nothing in them is personal.</summary>
internal static class FilterHeartbeatEntries
{
    private const int Version = 1;

    /// <param name="rules">The version of the filters' rules.</param>
    public static EntryDraft Active(string app, string tool, string rules, DateTimeOffset until) => new(
        EntryKind.FiltersActive,
        JsonBytes.OfObject((app, tool, rules, until), static (json, beat) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, beat.app);
            json.WriteString("tool"u8, beat.tool);
            json.WriteString("rules"u8, beat.rules);
            json.WriteNumber("until"u8, beat.until.ToUnixTimeMilliseconds());
        }),
        default);

    public static FilterHeartbeat Read(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        return root.GetProperty("v").GetInt32() is not Version and var version
            ? throw new UnknownVersionException("filter heartbeat entry", version)
            : new(entry.Seq, DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("until").GetInt64()));
    }
}
