using Gating.Ledger;

namespace Gating.Holds;

/// <summary>The entries of a hold: JSON in a fixed order, ASCII, <c>v</c> first. The public part names the hold alone.</summary>
internal static class HoldEntries
{
    private const int Version = 1;

    public static EntryDraft Set(HoldId hold, HoldStatement statement) => new(EntryKind.HoldSet, Public(hold), Private(statement));

    public static EntryDraft Lifted(HoldId hold, HoldStatement statement) => new(EntryKind.HoldLifted, Public(hold), Private(statement));

    private static byte[] Public(HoldId hold) => JsonBytes.OfObject(hold, static (json, hold) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("hold"u8, hold.ToString());
    });

    private static byte[] Private(HoldStatement statement) => JsonBytes.OfObject(statement, static (json, statement) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("admin"u8, statement.Admin);
        json.WriteString("reason"u8, statement.Reason);
    });
}
