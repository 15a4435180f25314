using System.Text.Json;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation;

/// <summary>The entries of stops in a person's ledger: JSON in a fixed order, ASCII, <c>v</c> first. Public is what it comes to, from when and until when; who ordered it and why is sealed. Version 2 of the public part begins later than its entry.</summary>
internal static class StopEntries
{
    private const int Version = 1;
    private const int TimedVersion = 2;

    public static EntryDraft Set(KeyHash id, RevocationOrder order, Official by) =>
        new(EntryKind.StatusChanged, Public(id, order.Until is null ? "revoked" : "suspended", order.Until, order.From), Why(by, order.Reason, order.Text));

    public static EntryDraft Lifted(KeyHash id, string text, Official by) => new(EntryKind.StatusChanged, Public(id, "lifted", null, null), Why(by, null, text));

    /// <summary>Since when whoever it stopped is; null where it lifted a stop.</summary>
    public static DateTimeOffset? Since(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        if (root.GetProperty("v").GetInt32() is not (Version or TimedVersion) and var version)
        {
            throw new UnknownVersionException("stop entry", version);
        }

        return root.GetProperty("status").GetString() is "lifted" ? null
            : root.TryGetProperty("from", out var from) && DateTimeOffset.FromUnixTimeMilliseconds(from.GetInt64()) is var later && later > entry.Time ? later
            : entry.Time;
    }

    /// <summary>Who ordered it, of what <see cref="Why"/> wrote.</summary>
    public static Official ReadBy(ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        return json.RootElement.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException("stop entry", version) : Official.Read(json.RootElement.GetProperty("by"));
    }

    private static byte[] Public(KeyHash id, string status, DateTimeOffset? until, DateTimeOffset? from) => JsonBytes.OfObject((id, status, until, from), static (json, stop) =>
    {
        json.WriteNumber("v"u8, stop.from is null ? Version : TimedVersion);
        json.WriteString("stop"u8, stop.id.ToString());
        json.WriteString("status"u8, stop.status);
        if (stop.until is { } until)
        {
            json.WriteNumber("until"u8, until.ToUnixTimeMilliseconds());
        }

        if (stop.from is { } from)
        {
            json.WriteNumber("from"u8, from.ToUnixTimeMilliseconds());
        }
    });

    /// <summary>The sealed part of whatever an admin ends in a person's ledger.</summary>
    public static byte[] Why(Official by, RevocationReason? reason, string text) => JsonBytes.OfObject((by, reason, text), static (json, why) =>
    {
        json.WriteNumber("v"u8, Version);
        why.by.Write(json, "by");
        if (why.reason is { } reason)
        {
            json.WriteString("reason"u8, reason.Word());
        }

        json.WriteString("text"u8, why.text);
    });
}
