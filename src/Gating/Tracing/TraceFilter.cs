using System.Text.Json;
using Gating.Generations;
using Gating.Ledger;
using Gating.Timelines;

namespace Gating.Tracing;

/// <summary>What a regulator asks for: every member that is there has to hold. One at least of content, digest, person, app, tool and issuer is.</summary>
/// <param name="Sha256">Of a file as the tool made it, as it was labelled, or as it was released without its label.</param>
/// <param name="From">With <paramref name="To"/> the times of the entries, the first included, the last not; narrower than the mandate's or equal, else the mandate's count.</param>
public sealed record TraceFilter(ContentId? Content, EntryHash? Sha256, StreamId? Person, string? App, string? Tool, string? Issuer, EntryKind? Kind, DateTimeOffset? From, DateTimeOffset? To)
{
    /// <summary>The timeline that has all of what was asked for; null where none was named. A tool's has the fewest entries that are not asked for.</summary>
    internal Timeline? Timeline =>
        Tool is not null ? Of(TimelineKind.Tool, Tool) : App is not null ? Of(TimelineKind.App, App) : Issuer is not null ? Of(TimelineKind.Issuer, Issuer) : null;

    public bool IsEmpty => Content is null && Sha256 is null && Person is null && App is null && Tool is null && Issuer is null;

    /// <summary>Whether an entry is one of those that were asked for; by what it stands under, content and digest, it was found.</summary>
    internal bool Matches(TracedEntry traced) =>
        (Person is not { } person || traced.Entry.Stream == person)
        && (App is null || string.Equals(traced.App, App, StringComparison.Ordinal))
        && (Tool is null || string.Equals(traced.Tool, Tool, StringComparison.Ordinal))
        && (Issuer is null || string.Equals(traced.Issuer, Issuer, StringComparison.Ordinal))
        && (Kind is not { } kind || traced.Entry.Kind == kind)
        && (From is not { } from || traced.Entry.Time >= from)
        && (To is not { } to || traced.Entry.Time < to);

    /// <summary>In a fixed order: sealed into the question's entry, and what a cursor is good for.</summary>
    internal byte[] ToBytes() => JsonBytes.OfObject(this, static (json, filter) =>
    {
        Write(json, "content", filter.Content?.Text);
        Write(json, "sha256", filter.Sha256?.ToString());
        Write(json, "person", filter.Person?.ToString());
        Write(json, "app", filter.App);
        Write(json, "tool", filter.Tool);
        Write(json, "issuer", filter.Issuer);
        Write(json, "kind", filter.Kind?.ToString());
        WriteTime(json, "from", filter.From);
        WriteTime(json, "to", filter.To);
    });

    // A name that no timeline can have has no entries either.
    private static Timeline? Of(TimelineKind kind, string id) => Timelines.Timeline.TryCreate(kind, id, out var timeline) ? timeline : null;

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
        {
            json.WriteNumber(name, at.ToUnixTimeMilliseconds());
        }
    }
}

/// <summary>An entry that answers a question.</summary>
/// <param name="App">Null where the entry names none.</param>
/// <param name="Tool">Null where the entry names none.</param>
/// <param name="Issuer">Null where the entry names none: what admitted or refused somebody does.</param>
public sealed record TracedEntry(Entry Entry, string? App, string? Tool, string? Issuer)
{
    internal static TracedEntry Of(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return new(entry, Text(json.RootElement, "app"), Text(json.RootElement, "tool"), Text(json.RootElement, "issuer"));
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
