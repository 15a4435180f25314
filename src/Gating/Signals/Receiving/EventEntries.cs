using System.Collections.Immutable;
using System.Text.Json;
using Gating.Access;
using Gating.Identity;
using Gating.Ledger;
using Gating.Registry.Reading;

namespace Gating.Signals.Receiving;

/// <summary>The entries of what issuers report: JSON in a fixed order, ASCII, <c>v</c> first. Public is what it comes to; whose word it is, and about whom, is sealed.</summary>
internal static class EventEntries
{
    private const int Version = 1;

    /// <summary>As people read it, in a stop's text: which event, and under which id its transmitter knows it.</summary>
    public static string Text(ReportedEvent reported)
    {
        var type = ReportedKinds.TypeOf(reported.Kind);
        return $"The issuer reported {type[(type.LastIndexOf('/') + 1)..]}, event {(reported.Id.Any(char.IsControl) ? "without a printable id" : reported.Id)}.";
    }

    /// <summary>In the operator's ledger.</summary>
    public static EntryDraft Enabled(StreamId person, ImmutableArray<KeyHash> stops, ReportedEvent reported) => new(
        EntryKind.AccountEnabled,
        JsonBytes.OfObject(stops.Length, static (json, count) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteNumber("lifted"u8, count);
        }),
        JsonBytes.OfObject((person, stops, reported), static (json, enabled) =>
        {
            json.WriteNumber("v"u8, Version);
            enabled.reported.By.Write(json, "by");
            json.WriteString("jti"u8, enabled.reported.Id);
            json.WriteString("person"u8, enabled.person.ToString());
            json.WriteTexts("stops", enabled.stops.Select(static stop => stop.ToString()));
        }));

    public static (StreamId Person, ImmutableArray<KeyHash> Stops) ReadEnabled(ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        var root = Known(json.RootElement);
        return (
            StreamId.TryParse(root.GetProperty("person").GetString(), out var person) ? person : throw new FormatException("An enabled account names no stream."),
            [.. root.GetProperty("stops").EnumerateArray().Select(static stop => KeyHash.FromBytes(Convert.FromHexString(stop.GetString()!)))]);
    }

    /// <summary>In the person's ledger.</summary>
    public static EntryDraft Changed(AssuranceChange change, ReportedEvent reported) => new(
        EntryKind.AssuranceChanged,
        JsonBytes.OfObject(change, static (json, change) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("level"u8, RegistryWords.Levels.NameOf(change.Current));
            if (change.Previous is { } previous)
            {
                json.WriteString("previous"u8, RegistryWords.Levels.NameOf(previous));
            }

            if (change.Direction is { } direction)
            {
                json.WriteString("direction"u8, Directions.NameOf(direction));
            }
        }),
        JsonBytes.OfObject(reported, static (json, reported) =>
        {
            json.WriteNumber("v"u8, Version);
            reported.By.Write(json, "by");
            json.WriteString("jti"u8, reported.Id);
        }));

    public static AssuranceChange ReadChanged(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = Known(json.RootElement);
        return new(
            Level(root.GetProperty("level")),
            root.TryGetProperty("previous", out var previous) ? Level(previous) : null,
            root.TryGetProperty("direction", out var direction) ? Directions.TryGet(direction.GetString()!, out var way) ? way : throw new FormatException("A changed assurance goes no way.") : null);
    }

    /// <summary>The words of CAEP 1.0, section 3.4.1.</summary>
    internal static Choices<AssuranceDirection> Directions { get; } = new(("increase", AssuranceDirection.Increase), ("decrease", AssuranceDirection.Decrease));

    private static AssuranceLevel Level(JsonElement word) => RegistryWords.Levels.TryGet(word.GetString()!, out var level) ? level : throw new FormatException("A changed assurance has a level that is none.");

    private static JsonElement Known(JsonElement root) => root.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException("reported event entry", version) : root;
}
