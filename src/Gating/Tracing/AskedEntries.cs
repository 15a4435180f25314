using Gating.Ledger;

namespace Gating.Tracing;

/// <summary>A question's entry: JSON in a fixed order, ASCII, <c>v</c> first. Public is the mandate alone; what was asked is sealed.</summary>
internal static class AskedEntries
{
    private const int Version = 1;

    public static EntryDraft Asked(long mandate, TraceFilter filter, string? after, bool isExport) => new(
        EntryKind.Asked,
        JsonBytes.OfObject(mandate, static (json, mandate) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteNumber("mandate"u8, mandate);
        }),
        JsonBytes.OfObject((filter, after, isExport), static (json, state) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WritePropertyName("question"u8);
            json.WriteRawValue(state.filter.ToBytes(), skipInputValidation: true);
            json.WriteBoolean("bundle"u8, state.isExport);
            if (state.after is not null)
            {
                json.WriteString("after"u8, state.after);
            }
        }));
}
