using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;

namespace Gating.Holds;

/// <summary>
/// Sets and lifts legal holds on a person's stream: while one stands no output of that person is removed, whatever its tool's policy says. From the moment in which it is set: a removal is
/// decided in the same stream. Both are idempotent by the hold's id. Throws <see cref="StorageUnavailableException"/>: the same request tells what happened.
/// </summary>
public sealed class LegalHolds(ILedgerStore ledger, Appender appender, RecordedOutputs outputs)
{
    public Task<HoldOutcome> SetAsync(StreamId person, HoldId hold, HoldStatement statement, CancellationToken cancellation)
    {
        var entry = HoldEntries.Set(hold, statement);
        return RecordAsync(person, state => HoldRules.Set(hold, entry, state), cancellation);
    }

    /// <summary>On the stream of whoever made that output: what else that person made is linked to it.</summary>
    public async Task<HoldOutcome> SetAsync(ContentId content, HoldId hold, HoldStatement statement, CancellationToken cancellation) =>
        await outputs.FindAsync(content, cancellation) is { } output
            ? await SetAsync(output.Person, hold, statement, cancellation)
            : new HoldOutcome.Refused(HoldRefusal.OutputUnknown);

    public Task<HoldOutcome> LiftAsync(StreamId person, HoldId hold, HoldStatement statement, CancellationToken cancellation)
    {
        var entry = HoldEntries.Lifted(hold, statement);
        return RecordAsync(person, state => HoldRules.Lift(hold, entry, state), cancellation);
    }

    public async Task<HoldOutcome> LiftAsync(ContentId content, HoldId hold, HoldStatement statement, CancellationToken cancellation) =>
        await outputs.FindAsync(content, cancellation) is { } output
            ? await LiftAsync(output.Person, hold, statement, cancellation)
            : new HoldOutcome.Refused(HoldRefusal.OutputUnknown);

    private async Task<HoldOutcome> RecordAsync(StreamId person, Func<StreamState, Decided<HoldAnswer>> decide, CancellationToken cancellation)
    {
        // A mistyped person must not become a stream.
        if (await ledger.ReadHeadAsync(person, cancellation) is null)
        {
            return new HoldOutcome.Refused(HoldRefusal.PersonUnknown);
        }

        // No idempotency key: a person whose head has no room for more of them cannot keep a hold away.
        switch (await appender.AppendAsync(person, new Proposal<HoldAnswer>(OperationId.Create(), [], (state, _) => decide(state)), isNew: false))
        {
            case AppendOutcome<HoldAnswer>.Done { Answer.Refusal: { } refusal }:
                return new HoldOutcome.Refused(refusal);
            case AppendOutcome<HoldAnswer>.Done done:
                if (!done.Answer.Changed)
                {
                    await AnnounceAsync(person, cancellation);
                }

                return new HoldOutcome.Done(person, Replayed: !done.Answer.Changed);
            default:
                return new HoldOutcome.Refused(HoldRefusal.Busy);
        }
    }

    // Its first answer may have been lost because the queue was down.
    private async Task AnnounceAsync(StreamId person, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is { } stored)
        {
            await appender.ReadAnnouncedAsync(person, stored.Head.Seq, cancellation);
        }
    }
}
