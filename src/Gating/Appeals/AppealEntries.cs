using System.Text.Json;
using Gating.Ledger;

namespace Gating.Appeals;

/// <summary>What of an appeal, or of its case, can be settled once.</summary>
internal static class AppealParts
{
    public static SettlementId Decision(long seq) => new(seq, 1);
}

/// <summary>
/// The entries of appeals: in the person's ledger that one was filed and how it was answered, in the operator's that there is a case. JSON in a fixed order, ASCII, <c>v</c> first; what people wrote, and of whom a case is, is sealed.
/// </summary>
internal static class AppealEntries
{
    private const int Version = 1;

    public static EntryDraft Filed(string app, DateTimeOffset deadline, string text) => new(
        EntryKind.AppealFiled,
        JsonBytes.OfObject((app, deadline), static (json, appeal) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, appeal.app);
            json.WriteNumber("deadline"u8, appeal.deadline.ToUnixTimeSeconds());
        }),
        Words(text));

    /// <param name="opened">The sealed part in the clear; null where it can be opened no more.</param>
    public static Appeal ReadFiled(Entry entry, byte[]? opened)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = Known(json);
        return new(entry.Stream, entry.Seq, root.GetProperty("app").GetString()!, entry.Time, DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("deadline").GetInt64()), ReadWords(opened));
    }

    public static EntryDraft Decided(Appeal appeal, bool upheld, string text) => new(
        EntryKind.AppealDecided,
        JsonBytes.OfObject((appeal, upheld), static (json, decision) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, decision.appeal.App);
            json.WriteNumber("appeal"u8, decision.appeal.Seq);
            json.WriteString("outcome"u8, decision.upheld ? "upheld"u8 : "rejected"u8);
        }),
        Words(text));

    /// <summary>Seq of the appeal that it answers, and how.</summary>
    public static (long Appeal, bool Upheld) ReadDecided(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = Known(json);
        return (root.GetProperty("appeal").GetInt64(), root.GetProperty("outcome").GetString() is "upheld");
    }

    public static EntryDraft Received(StreamId person, long seq, string app) => new(
        EntryKind.AppealReceived,
        JsonBytes.OfObject(app, static (json, app) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, app);
        }),
        JsonBytes.OfObject((person, seq), static (json, appeal) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("person"u8, appeal.person.ToString());
            json.WriteNumber("appeal"u8, appeal.seq);
        }));

    public static (StreamId Person, long Seq) ReadReceived(ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        var root = Known(json);
        return (StreamId.TryParse(root.GetProperty("person").GetString(), out var person) ? person : throw new FormatException("A case names no stream."), root.GetProperty("appeal").GetInt64());
    }

    /// <summary>Of the sealed part of what was filed or answered.</summary>
    public static string? ReadWords(byte[]? opened)
    {
        if (opened is null)
        {
            return null;
        }

        using var json = JsonDocument.Parse(opened);
        return Known(json).GetProperty("text").GetString()!;
    }

    private static byte[] Words(string text) => JsonBytes.OfObject(text, static (json, text) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("text"u8, text);
    });

    private static JsonElement Known(JsonDocument json) =>
        json.RootElement.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException("appeal entry", version) : json.RootElement;
}
