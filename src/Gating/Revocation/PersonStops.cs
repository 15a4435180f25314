using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation;

/// <summary>What a decision in the person's stream came to.</summary>
/// <param name="Seq">The entry that recorded the stop; 0 where none is known.</param>
/// <param name="Changed">It is so from now on; otherwise, without a reason, it was before.</param>
internal readonly record struct StopAnswer(long Seq, bool Changed, RevocationRefusal? Refusal);

/// <summary>Whether a stop may be set or lifted: pure, on values, and idempotent by its id.</summary>
internal static class StopRules
{
    public static Decided<StopAnswer> Set(KeyHash id, DateTimeOffset? until, DateTimeOffset? from, EntryDraft entry, StreamState state, DecisionTime time)
    {
        // Before anything else: what was set by the same request is answered, even if its time is over by now.
        if (state.Stops.Find(id) is { } before)
        {
            return Unchanged(state, before.Seq, null);
        }

        var stop = new StreamStop(id, time.Seq, until, from);
        var stops = state.Stops.Set(stop, time.Now);
        return state.Status is StreamStatus.Erased ? Unchanged(state, 0, RevocationRefusal.PersonUnknown)
            : stop.IsOverAt(from > time.Now ? from.Value : time.Now) ? Unchanged(state, 0, RevocationRefusal.Over)
            : stops.Standing.Length > StreamStops.MaxStanding ? Unchanged(state, 0, RevocationRefusal.TooMany)
            : Changed(state, stops, entry, time.Seq);
    }

    /// <summary>One that does not stand is lifted already, or made room for another when its time was over.</summary>
    public static Decided<StopAnswer> Lift(KeyHash id, EntryDraft entry, StreamState state) =>
        state.Stops.Stands(id) ? Changed(state, state.Stops.Lift(id), entry, state.Stops.Find(id)!.Value.Seq) : Unchanged(state, 0, null);

    private static Decided<StopAnswer> Changed(StreamState state, StreamStops stops, EntryDraft entry, long seq) => new(state.With(stops), [entry], [], null, null, new(seq, true, null));

    private static Decided<StopAnswer> Unchanged(StreamState state, long seq, RevocationRefusal? refusal) => new(state, [], [], null, null, new(seq, false, refusal));
}

/// <summary>
/// Stops people and lifts stops, each by one append to the person's ledger: whatever is decided on that head later, on whichever instance, meets it. Throws <see cref="StorageUnavailableException"/>: the stop
/// may then stand, and the same request tells.
/// </summary>
public sealed class PersonStops(ILedgerStore ledger, Appender appender)
{
    internal Task<StopAnswer> SetAsync(StreamId person, KeyHash id, RevocationOrder order, Official by, CancellationToken cancellation)
    {
        var entry = StopEntries.Set(id, order, by);
        return RecordAsync(person, (state, time) => StopRules.Set(id, order.Until, order.From, entry, state, time), cancellation);
    }

    internal Task<StopAnswer> LiftAsync(StreamId person, KeyHash id, string text, Official by, CancellationToken cancellation)
    {
        var entry = StopEntries.Lifted(id, text, by);
        return RecordAsync(person, (state, _) => StopRules.Lift(id, entry, state), cancellation);
    }

    private async Task<StopAnswer> RecordAsync(StreamId person, Func<StreamState, DecisionTime, Decided<StopAnswer>> decide, CancellationToken cancellation)
    {
        // Whoever has never been seen must not become a stream.
        if (await ledger.ReadHeadAsync(person, cancellation) is null)
        {
            return new(0, false, RevocationRefusal.PersonUnknown);
        }

        // No idempotency key: a person whose head has no room for more of them cannot keep a stop away.
        if (await appender.AppendAsync(person, new Proposal<StopAnswer>(OperationId.Create(), [], decide), isNew: false) is not AppendOutcome<StopAnswer>.Done { Answer: var answer })
        {
            return new(0, false, RevocationRefusal.Busy);
        }

        if (answer is { Changed: false, Refusal: null } && await ledger.ReadHeadAsync(person, cancellation) is { } stored)
        {
            // Its first answer may have been lost because the queue was down.
            await appender.ReadAnnouncedAsync(person, stored.Head.Seq, cancellation);
        }

        return answer;
    }
}
