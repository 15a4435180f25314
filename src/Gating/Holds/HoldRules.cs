using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Holds;

/// <summary>What a decision in the person's stream came to.</summary>
/// <param name="Changed">It is so from now on; otherwise, without a reason, it was before.</param>
internal readonly record struct HoldAnswer(bool Changed, HoldRefusal? Refusal);

/// <summary>Whether a hold may be set or lifted: pure, on values, and idempotent by its id.</summary>
internal static class HoldRules
{
    public static Decided<HoldAnswer> Set(HoldId hold, EntryDraft entry, StreamState state) =>
        state.Holds.Standing.Contains(hold) ? Unchanged(state, null)
        : state.Status is StreamStatus.Erased ? Unchanged(state, HoldRefusal.PersonUnknown)
        : state.Holds.Lifted.Contains(hold) ? Unchanged(state, HoldRefusal.WasLifted)
        : state.Holds.Standing.Length >= StreamHolds.MaxStanding ? Unchanged(state, HoldRefusal.TooMany)
        : Changed(state with { Holds = state.Holds.Set(hold) }, entry);

    public static Decided<HoldAnswer> Lift(HoldId hold, EntryDraft entry, StreamState state) =>
        state.Holds.Standing.Contains(hold) ? Changed(state with { Holds = state.Holds.Lift(hold) }, entry)
        : Unchanged(state, state.Holds.Lifted.Contains(hold) ? null : HoldRefusal.NotStanding);

    private static Decided<HoldAnswer> Changed(StreamState state, EntryDraft entry) => new(state, ImmutableArray.Create(entry), [], null, null, new(true, null));

    private static Decided<HoldAnswer> Unchanged(StreamState state, HoldRefusal? refusal) => new(state, [], [], null, null, new(false, refusal));
}
