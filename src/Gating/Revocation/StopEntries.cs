using System.Text.Json;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation;

/// <summary>The entries of stops in a person's ledger: JSON in a fixed order, ASCII, <c>v</c> first. Public is what it comes to and until when; who ordered it and why is sealed.</summary>
internal static class StopEntries
{
    private const int Version = 1;

    public static EntryDraft Set(KeyHash id, RevocationOrder order, Official by) =>
        new(EntryKind.StatusChanged, Public(id, order.Until is null ? "revoked" : "suspended", order.Until), Why(by, order.Reason, order.Text));

    public static EntryDraft Lifted(KeyHash id, string text, Official by) => new(EntryKind.StatusChanged, Public(id, "lifted", null), Why(by, null, text));

    /// <summary>Whether it set a stop; otherwise it lifted one.</summary>
    public static bool Stops(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return json.RootElement.GetProperty("v").GetInt32() is not Version and var version
            ? throw new UnknownVersionException("stop entry", version)
            : json.RootElement.GetProperty("status").GetString() is not "lifted";
    }

    /// <summary>Who ordered it, of what <see cref="Why"/> wrote.</summary>
    public static Official ReadBy(ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        return json.RootElement.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException("stop entry", version) : Official.Read(json.RootElement.GetProperty("by"));
    }

    private static byte[] Public(KeyHash id, string status, DateTimeOffset? until) => JsonBytes.OfObject((id, status, until), static (json, stop) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("stop"u8, stop.id.ToString());
        json.WriteString("status"u8, stop.status);
        if (stop.until is { } until)
        {
            json.WriteNumber("until"u8, until.ToUnixTimeMilliseconds());
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
