using System.Text.Json;
using Gating.Access;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Revocation;

/// <summary>What of a revocation can be settled once.</summary>
internal static class RevocationParts
{
    public static SettlementId Lifting(long revocation) => new(revocation, 1);
}

/// <summary>The entries of revocations in the operator's ledger: JSON in a fixed order, ASCII, <c>v</c> first. Public is what kind of thing was stopped, and the name of what is registered; all else is sealed. Version 2 of the sealed part is one grant's, version 3 one that begins later.</summary>
internal static class RevocationEntries
{
    private const int Version = 1;
    private const int GrantVersion = 2;
    private const int TimedVersion = 3;

    public static EntryDraft Ordered(RevocationOrder order, Official by, KeyHash stop, long place) => new(
        EntryKind.Revoked,
        JsonBytes.OfObject(order, static (json, order) =>
        {
            json.WriteNumber("v"u8, Version);
            if (order.Target is RevocationTarget.OfRegistered registered)
            {
                json.WriteString("subject"u8, registered.Kind.Word());
                json.WriteString("name"u8, registered.Name);
            }
            else
            {
                json.WriteString("subject"u8, order.Target is RevocationTarget.OfGrant ? "grant"u8 : "person"u8);
            }
        }),
        JsonBytes.OfObject((order, by, stop, place), static (json, state) =>
        {
            json.WriteNumber("v"u8, state.order.Target is RevocationTarget.OfGrant ? GrantVersion : state.order.From is null ? Version : TimedVersion);
            state.by.Write(json, "by");
            state.order.Write(json);
            json.WriteString("stop"u8, state.stop.ToString());
            json.WriteNumber("place"u8, state.place);
        }));

    private static RevocationTarget ReadTarget(JsonElement root) =>
        root.TryGetProperty("grant", out var seq) ? new RevocationTarget.OfGrant(ReadPerson(root.GetProperty("person")), seq.GetInt64(), root.GetProperty("app").GetString()!)
            : root.TryGetProperty("person", out var person) ? new RevocationTarget.OfPerson(ReadPerson(person))
            : new RevocationTarget.OfRegistered(
                RegistryWords.Stoppable.TryGet(root.GetProperty("kind").GetString()!, out var kind) ? kind : throw new FormatException("A revocation names no kind of row."), root.GetProperty("name").GetString()!);

    private static DateTimeOffset? ReadTime(JsonElement root, string name) => root.TryGetProperty(name, out var time) ? DateTimeOffset.FromUnixTimeMilliseconds(time.GetInt64()) : null;

    private static StreamId ReadPerson(JsonElement hex) => StreamId.TryParse(hex.GetString(), out var person) ? person : throw new FormatException("A revocation names no stream.");

    public static RecordedRevocation ReadOrdered(Entry entry, ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        var root = json.RootElement;
        if (root.GetProperty("v").GetInt32() is not (Version or GrantVersion or TimedVersion) and var version)
        {
            throw new UnknownVersionException("revocation entry", version);
        }

        var order = new RevocationOrder(
            ReadTarget(root),
            RevocationReasons.Read(root.GetProperty("reason").GetString()!),
            root.GetProperty("text").GetString()!,
            ReadTime(root, "until"),
            ReadTime(root, "from"));
        return new(
            entry.Seq, entry.Time, Official.Read(root.GetProperty("by")), order, KeyHash.FromBytes(Convert.FromHexString(root.GetProperty("stop").GetString()!)), root.GetProperty("place").GetInt64());
    }
}
