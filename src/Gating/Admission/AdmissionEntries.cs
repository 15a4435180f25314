using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Grants;
using Gating.Identity;
using Gating.Ledger;
using Gating.Moderators;
using Gating.StatusLists;
using Gating.Usage;

namespace Gating.Admission;

/// <summary>
/// The public and private parts of admission entries: JSON written member by member in a fixed order, ASCII, <c>v</c> first. What was written once is
/// hashed and never written anew; a new member is a new version. Version 2 of the public part names the issuer, which is a provider's address and nobody's data: what was admitted
/// under it can be listed without opening what is sealed. Version 3 says where a grant's status is published. Version 4, written where there are any, names the consents that were
/// found to hold, and what a moderator said of the input. Version 5, written for a tool that demands it, names the heartbeat of the app's filters by its entry in the app's ledger.
/// Version 6, written where there are any, names the quotas not in force that would have refused it.
/// </summary>
internal static class AdmissionEntries
{
    private static readonly FrozenSet<string> IdentityMembers = FrozenSet.Create(StringComparer.Ordinal, "v", "iss", "sub", "person", "assurance", "method", "verified_at", "auth_time");

    private const int Version = 3;
    private const int EvidencedVersion = 4;
    private const int FilteredVersion = 5;
    private const int ShadowedVersion = 6;
    private const int FirstVersion = 1;
    private const int PrivateVersion = 1;

    /// <param name="shadowed">Quotas not in force that would have refused it.</param>
    public static byte[] Granted(AdmissionQuestion question, DateTimeOffset issued, DateTimeOffset expires, UsageCharge charge, ImmutableArray<Quota> shadowed) =>
        Write(question, VersionOf(question, shadowed), static (json, state) =>
        {
            var (question, issued, expires, charge, shadowed) = state;
            json.WriteNumber("iat"u8, issued.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, expires.ToUnixTimeSeconds());
            if (question.Request.KeyThumbprint is not null)
            {
                json.WriteString("jkt"u8, question.Request.KeyThumbprint);
            }

            if (question.Status is { } place)
            {
                json.WriteString("status_list"u8, place.List.ToString());
                json.WriteNumber("status_idx"u8, place.Index);
            }

            if (!question.Consents.IsEmpty)
            {
                json.WriteTexts("consents", question.Request.Detail.ConsentIds);
            }

            if (question.Moderation is ModerationFinding.Attested { Receipt: var receipt })
            {
                WriteModeration(json, receipt, question.Request.Detail.ModerationReceipt!);
            }

            if (question.Filters is { } filters)
            {
                json.WriteNumber("filters"u8, filters.Seq);
            }

            if (!shadowed.IsEmpty)
            {
                json.WriteTexts("shadow", shadowed.Select(static quota => quota.Name));
            }

            json.WriteString("request"u8, question.Fingerprint);
            json.WriteNumber("registry"u8, question.Registry.Version);
            json.WriteNumber("charged"u8, charge.At.ToUnixTimeMilliseconds());
            json.WriteStartArray("windows"u8);
            foreach (var id in charge.Ids)
            {
                json.WriteStringValue(id.ToString("x16", CultureInfo.InvariantCulture));
            }

            json.WriteEndArray();
            json.WritePropertyName("details"u8);
            json.WriteRawValue(question.Details.Span, skipInputValidation: true);
        }, (question, issued, expires, charge, shadowed));

    /// <summary>Of whom an entry of that kind carries the identity, in its sealed part.</summary>
    public static bool CarriesIdentity(EntryKind kind) => kind is EntryKind.Granted or EntryKind.Refused or EntryKind.Consented;

    public static byte[] Refused(AdmissionQuestion question, RefusalReason reason) =>
        Write(question, Version, static (json, state) =>
        {
            json.WriteString("reason"u8, state.reason.Code());
            json.WriteNumber("registry"u8, state.question.Registry.Version);
            json.WritePropertyName("details"u8);
            json.WriteRawValue(state.question.Details.Span, skipInputValidation: true);
        }, (question, reason));

    /// <summary>Who it was: the identity as the token told it, and how well it was proven.</summary>
    public static byte[] Private(VerifiedIdentity identity) =>
        JsonBytes.OfObject(identity, WriteIdentity);

    public static void WriteIdentity(Utf8JsonWriter json, VerifiedIdentity identity)
    {
        json.WriteNumber("v"u8, PrivateVersion);
        json.WriteString("iss"u8, identity.Issuer);
        json.WriteString("sub"u8, identity.Subject);
        if (identity.NaturalPerson is not null)
        {
            json.WriteString("person"u8, identity.NaturalPerson);
        }

        json.WriteNumber("assurance"u8, (int)identity.Assurance.Level);
        if (identity.Assurance.Method is not null)
        {
            json.WriteString("method"u8, identity.Assurance.Method);
        }

        if (identity.Assurance.VerifiedAt is { } verified)
        {
            json.WriteNumber("verified_at"u8, verified.ToUnixTimeSeconds());
        }

        if (identity.AuthenticatedAt is { } authenticated)
        {
            json.WriteNumber("auth_time"u8, authenticated.ToUnixTimeSeconds());
        }
    }

    /// <summary>Of the opened part of an entry that <see cref="CarriesIdentity"/> who the person is, as <see cref="WriteIdentity"/> wrote it: what else was sealed there, another person of a consent for one, is left out.</summary>
    public static byte[] IdentityOf(JsonElement opened) => JsonBytes.OfObject(opened, static (json, opened) =>
    {
        foreach (var member in opened.EnumerateObject().Where(static member => IdentityMembers.Contains(member.Name)))
        {
            member.WriteTo(json);
        }
    });

    /// <summary>Whoever keeps the receipt can show that it is the one.</summary>
    private static void WriteModeration(Utf8JsonWriter json, ModerationReceipt receipt, string text)
    {
        json.WriteStartObject("moderation"u8);
        json.WriteString("moderator"u8, receipt.Moderator);
        json.WriteString("verdict"u8, receipt.Verdict is ModerationVerdict.Flagged ? "flagged"u8 : "allowed"u8);
        json.WriteString("rules"u8, receipt.Rules);
        json.WriteNumber("at"u8, receipt.At.ToUnixTimeSeconds());
        json.WriteString("receipt"u8, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text))));
        json.WriteEndObject();
    }

    /// <summary>Reads back what <see cref="Granted"/> wrote, with the request's fingerprint. Throws where the entry is not a grant of a known version.</summary>
    public static (GrantTerms Terms, string Fingerprint) ReadGranted(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        if (entry.Kind is not EntryKind.Granted || root.GetProperty("v").GetInt32() is < FirstVersion or > ShadowedVersion)
        {
            throw new UnknownVersionException("grant entry", root.GetProperty("v").GetInt32());
        }

        var terms = new GrantTerms(
            entry.Stream,
            entry.Seq,
            root.GetProperty("app").GetString()!,
            root.GetProperty("tool").GetString()!,
            DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("iat").GetInt64()),
            DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("exp").GetInt64()),
            System.Text.Encoding.UTF8.GetBytes(root.GetProperty("details").GetRawText()),
            root.TryGetProperty("jkt", out var jkt) ? jkt.GetString() : null,
            root.TryGetProperty("status_list", out var list) && StatusListId.TryParse(list.GetString(), out var id) ? new(id, root.GetProperty("status_idx").GetInt32()) : null);
        return (terms, root.GetProperty("request").GetString()!);
    }

    /// <summary>Reads back what <see cref="Refused"/> wrote.</summary>
    public static RefusedAdmission ReadRefused(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        return root.GetProperty("v").GetInt32() is < FirstVersion or > Version
            ? throw new UnknownVersionException("refusal entry", root.GetProperty("v").GetInt32())
            : new(root.GetProperty("app").GetString()!, root.GetProperty("tool").GetString()!, root.GetProperty("reason").GetString()!, root.GetProperty("details").GetProperty("units").GetInt32());
    }

    /// <summary>Who stood for the person; null where the entry's version does not say.</summary>
    public static string? ReadIssuer(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return json.RootElement.TryGetProperty("issuer", out var issuer) ? issuer.GetString() : null;
    }

    /// <summary>Names of the quotas, not in force then, that would have refused the grant of this entry.</summary>
    public static ImmutableArray<string> ReadShadowed(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return json.RootElement.TryGetProperty("shadow", out var names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];
    }

    /// <summary>What the grant of this entry charged, and when.</summary>
    public static UsageCharge ReadCharge(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var ids = json.RootElement.GetProperty("windows").EnumerateArray()
            .Select(static id => ulong.Parse(id.GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return new([.. ids], DateTimeOffset.FromUnixTimeMilliseconds(json.RootElement.GetProperty("charged").GetInt64()));
    }

    private static int VersionOf(AdmissionQuestion question, ImmutableArray<Quota> shadowed) =>
        !shadowed.IsEmpty ? ShadowedVersion
        : question.Filters is not null ? FilteredVersion
        : question is { Consents.IsEmpty: true, Moderation: not ModerationFinding.Attested } ? Version : EvidencedVersion;

    private static byte[] Write<TState>(AdmissionQuestion question, int version, Action<Utf8JsonWriter, TState> rest, TState state) =>
        JsonBytes.OfObject((question, version, rest, state), static (json, all) =>
        {
            json.WriteNumber("v"u8, all.version);
            json.WriteString("app"u8, all.question.Request.App.Id);
            json.WriteString("tool"u8, all.question.Request.Resource);
            json.WriteString("issuer"u8, all.question.Request.Identity.Issuer);
            all.rest(json, all.state);
        });
}

/// <summary>A refusal as it was recorded.</summary>
/// <param name="Reason">A word of <see cref="RefusalCodes"/>, or of a build that knows more of them.</param>
internal readonly record struct RefusedAdmission(string App, string Tool, string Reason, int Units);
