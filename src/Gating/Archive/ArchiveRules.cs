using Gating.Generations;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>What a removal's decision came to.</summary>
internal enum RemovalAnswer
{
    Removed = 1,

    /// <summary>A legal hold stands.</summary>
    Held = 2,

    /// <summary>Its time is not over.</summary>
    NotDue = 3,
}

/// <summary>
/// When an output may be recorded, when a file without an entry is an orphan for ever, and when one may go: pure, on values. Recording and removing are decided in the person's transaction,
/// at its time (the later of the own clock and the head's); between the two limits lies an hour, more than all clocks and all answers on their way can differ.
/// </summary>
internal static class ArchiveRules
{
    /// <summary>How long after its generation closed an output that was on its way may still be recorded.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>How long after its generation closed a file that no entry names will have none for ever.</summary>
    public static readonly TimeSpan Certainty = TimeSpan.FromHours(2);

    public static DateTimeOffset RecordedUntil(Generation generation) => generation.Until + Grace;

    public static DateTimeOffset OrphanFrom(Generation generation) => generation.Until + Certainty;

    /// <summary>The answer is false where it is too late: that no entry comes any more is what makes sweeping safe.</summary>
    public static Decided<bool> Record(Generation generation, int number, EntryDraft entry, StreamState state, DecisionTime time) =>
        time.Now >= RecordedUntil(generation)
            ? new(state, [], [], null, null, false)
            : new(state, [entry], [], new SettlementId(generation.Seq, number), null, true);

    public static Decided<RemovalAnswer> Remove(ArchivedOutput output, EntryDraft entry, StreamState state, DecisionTime time) =>
        state.Holds.Any ? new(state, [], [], null, null, RemovalAnswer.Held)
        : time.Now < output.File.RetainUntil ? new(state, [], [], null, null, RemovalAnswer.NotDue)
        : new(state, [entry], [], output.Removal, null, RemovalAnswer.Removed);
}
