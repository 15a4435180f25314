using System.Text.Json;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Unmasking;

/// <summary>Which parts of a request can be settled once.</summary>
internal static class UnmaskParts
{
    public static SettlementId Decision(long request) => new(request, 1);

    public static SettlementId Telling(long request) => new(request, 2);
}

/// <summary>
/// The entries of a request to know who a person is, in the operator's ledger: JSON in a fixed order, ASCII, <c>v</c> first. Public is the mandate or the request alone; who asked about whom, and why, is sealed. The
/// answer stands in none of them.
/// </summary>
internal static class UnmaskEntries
{
    private const int Version = 1;

    public static EntryDraft Requested(long mandate, Official regulator, StreamId person, string reason) => new(
        EntryKind.UnmaskRequested,
        JsonBytes.OfObject(mandate, static (json, mandate) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteNumber("mandate"u8, mandate);
        }),
        JsonBytes.OfObject((regulator, person, reason), static (json, state) =>
        {
            json.WriteNumber("v"u8, Version);
            state.regulator.Write(json, "regulator");
            json.WriteString("person"u8, state.person.ToString());
            json.WriteString("reason"u8, state.reason);
        }));

    public static UnmaskRequest ReadRequested(Entry entry, ReadOnlyMemory<byte> opened)
    {
        using var pub = JsonDocument.Parse(entry.Public);
        using var json = JsonDocument.Parse(opened);
        Known(pub.RootElement);
        Known(json.RootElement);
        return new(
            entry.Seq,
            pub.RootElement.GetProperty("mandate").GetInt64(),
            Official.Read(json.RootElement.GetProperty("regulator")),
            StreamId.TryParse(json.RootElement.GetProperty("person").GetString(), out var person) ? person : throw new FormatException("A request names no stream."),
            json.RootElement.GetProperty("reason").GetString()!);
    }

    private static void Known(JsonElement root)
    {
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("unmasking entry", version);
        }
    }
}
