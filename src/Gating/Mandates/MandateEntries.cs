using System.Text.Json;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Mandates;

/// <summary>
/// The entries of mandates in the operator's ledger: JSON in a fixed order, ASCII, <c>v</c> first. The public part names the mandate alone; whom it is for, who made it, and the case are sealed.
/// </summary>
internal static class MandateEntries
{
    private const int Version = 1;

    public static EntryDraft Proposed(MandateTerms terms, Official by) => new(EntryKind.MandateProposed, JsonBytes.OfObject(terms, static (json, _) => json.WriteNumber("v"u8, Version)), JsonBytes.OfObject((terms, by), Write));

    /// <summary>Of a proposal's sealed part.</summary>
    public static (MandateTerms Terms, Official By) ReadProposed(ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        var root = json.RootElement;
        Known(root);
        var scope = root.GetProperty("scope");
        return (new(
            Official.Read(root.GetProperty("regulator")),
            root.GetProperty("purpose").GetString()!,
            root.GetProperty("legal_basis").GetString()!,
            root.GetProperty("case").GetString()!,
            new(
                [.. Texts(scope, "apps")],
                [.. Texts(scope, "tools")],
                [.. Texts(scope, "people").Select(static hex => StreamId.TryParse(hex, out var person) ? person : throw new FormatException("A mandate's scope names no stream."))],
                Time(scope, "from"),
                Time(scope, "to"),
                (MandateFields)scope.GetProperty("fields").GetInt32()),
            Time(root, "expires")), Official.Read(root.GetProperty("admin")));
    }

    private static void Write(Utf8JsonWriter json, (MandateTerms Terms, Official By) proposal)
    {
        var (terms, by) = proposal;
        json.WriteNumber("v"u8, Version);
        terms.Regulator.Write(json, "regulator");
        json.WriteString("purpose"u8, terms.Purpose);
        json.WriteString("legal_basis"u8, terms.LegalBasis);
        json.WriteString("case"u8, terms.CaseNumber);
        json.WriteStartObject("scope"u8);
        json.WriteTexts("apps", terms.Scope.Apps);
        json.WriteTexts("tools", terms.Scope.Tools);
        json.WriteTexts("people", terms.Scope.People.Select(static person => person.ToString()));
        json.WriteNumber("from"u8, terms.Scope.From.ToUnixTimeMilliseconds());
        json.WriteNumber("to"u8, terms.Scope.To.ToUnixTimeMilliseconds());
        json.WriteNumber("fields"u8, (int)terms.Scope.Fields);
        json.WriteEndObject();
        json.WriteNumber("expires"u8, terms.Expires.ToUnixTimeMilliseconds());
        by.Write(json, "admin");
    }

    private static IEnumerable<string> Texts(JsonElement json, string name) => json.GetProperty(name).EnumerateArray().Select(static one => one.GetString()!);

    private static DateTimeOffset Time(JsonElement json, string name) => DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty(name).GetInt64());

    private static void Known(JsonElement root)
    {
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("mandate entry", version);
        }
    }
}
