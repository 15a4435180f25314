using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Admission;
using Gating.Identity;
using Gating.Ledger;

namespace Gating.Consents;

/// <summary>
/// The entries of a consent in the ledger of the person depicted: JSON in a fixed order, ASCII, <c>v</c> first; a new member is a new version. In public what it is for; sealed who it is, who may use it, and the purpose, which is
/// free text.
/// </summary>
internal static class ConsentEntries
{
    private const int Version = 1;

    /// <summary>Two requests of one app with the same terms are one, whatever token they come with.</summary>
    public static string FingerprintOf(string app, ConsentTerms terms) => Convert.ToHexStringLower(SHA256.HashData(JsonBytes.OfObject((app, terms), static (json, what) =>
    {
        WriteScope(json, what.app, what.terms);
        WriteSealed(json, what.terms);
    })));

    public static EntryDraft Given(string app, VerifiedIdentity depicted, ConsentTerms terms, string request) => new(
        EntryKind.Consented,
        JsonBytes.OfObject((app, depicted, terms, request), static (json, what) =>
        {
            json.WriteNumber("v"u8, Version);
            WriteScope(json, what.app, what.terms);
            json.WriteNumber("assurance"u8, (int)what.depicted.Assurance.Level);
            json.WriteString("request"u8, what.request);
        }),
        JsonBytes.OfObject((depicted, terms), static (json, what) =>
        {
            AdmissionEntries.WriteIdentity(json, what.depicted);
            WriteSealed(json, what.terms);
        }));

    public static EntryDraft Withdrawn(string app, long consent) => new(
        EntryKind.ConsentWithdrawn,
        JsonBytes.OfObject((app, consent), static (json, what) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, what.app);
            json.WriteNumber("consent"u8, what.consent);
        }),
        default);

    /// <summary>Reads back what <see cref="Given"/> wrote.</summary>
    /// <param name="opened">The sealed part in the clear; null where it can be opened no more.</param>
    public static Consent Read(Entry entry, byte[]? opened)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = Versioned(json, "consent entry");
        return new(
            entry.Stream,
            entry.Seq,
            root.GetProperty("app").GetString()!,
            entry.Time,
            (AssuranceLevel)root.GetProperty("assurance").GetInt32(),
            root.GetProperty("request").GetString()!,
            opened is null ? null : ReadTerms(root, opened));
    }

    /// <summary>Seq of the consent that a withdrawal is about.</summary>
    public static long ReadWithdrawn(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return Versioned(json, "withdrawal entry").GetProperty("consent").GetInt64();
    }

    private static JsonElement Versioned(JsonDocument json, string what) =>
        json.RootElement.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException(what, version) : json.RootElement;

    private static ConsentTerms ReadTerms(JsonElement root, byte[] opened)
    {
        using var json = JsonDocument.Parse(opened);
        return new(
            Names(root, "tools"),
            Names(root, "apps"),
            json.RootElement.TryGetProperty("requester", out var one) ? StreamId.TryParse(one.GetString()!, out var person) ? person : throw new FormatException("A consent's entry names no stream.") : null,
            json.RootElement.GetProperty("purpose").GetString()!,
            DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("until").GetInt64()));
    }

    private static ImmutableArray<string> Names(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(static one => one.GetString()!)] : [];

    private static void WriteScope(Utf8JsonWriter json, string app, ConsentTerms terms)
    {
        json.WriteString("app"u8, app);
        json.WriteAnyTexts("tools", terms.Tools);
        json.WriteAnyTexts("apps", terms.Apps);
        json.WriteString("requester"u8, terms.Requester is null ? "anyone"u8 : "one"u8);
        json.WriteNumber("until"u8, terms.Until.ToUnixTimeMilliseconds());
    }

    private static void WriteSealed(Utf8JsonWriter json, ConsentTerms terms)
    {
        json.WriteString("purpose"u8, terms.Purpose);
        if (terms.Requester is { } person)
        {
            json.WriteString("requester"u8, person.ToString());
        }
    }
}
