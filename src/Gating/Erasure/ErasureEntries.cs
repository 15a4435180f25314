using Gating.Access;
using Gating.Ledger;

namespace Gating.Erasure;

/// <summary>The entry in the operator's ledger that says that a person is to be erased: JSON in a fixed order, ASCII, <c>v</c> first. Which stream, who ordered it and why is sealed; who the person was stands nowhere.</summary>
internal static class ErasureEntries
{
    private const int Version = 1;

    public static EntryDraft Ordered(StreamId person, Official by, string reason) => new(
        EntryKind.ErasureOrdered,
        JsonBytes.OfObject(Version, static (json, version) => json.WriteNumber("v"u8, version)),
        JsonBytes.OfObject((person, by, reason), static (json, state) =>
        {
            json.WriteNumber("v"u8, Version);
            state.by.Write(json, "by");
            json.WriteString("person"u8, state.person.ToString());
            json.WriteString("reason"u8, state.reason);
        }));
}
