using Gating.Admission;
using Gating.Ledger;

namespace Gating.Signals.Receiving;

/// <summary>
/// An issuer judges otherwise than before how well a person was proven: an entry in the person's ledger, from which the apps that know the person are told. No admission looks at it: what counts there is what an identity token says.
/// Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class AssuranceReports(ILedgerStore ledger, Appender appender, PersonSignals signals, TimeProvider time)
{
    internal async Task<ReceivedOutcome> RecordAsync(StreamId person, ReportedEvent reported, CancellationToken cancellation)
    {
        // A name that was claimed and never used is nobody who was seen.
        if (reported.Assurance is not { } change || await ledger.ReadHeadAsync(person, cancellation) is null)
        {
            return new ReceivedOutcome.Done();
        }

        var key = new ShortLivedRow(KeyHash.Of("assurance", reported.Issuer.Id, reported.Id), time.GetUtcNow() + IdempotencyKey.Lifetime);
        var entry = EventEntries.Changed(change, reported);
        switch (await appender.AppendAsync(person, new Proposal<bool>(OperationId.Create(), [key], (state, _) => Decide(state, entry, key)), isNew: false))
        {
            case AppendOutcome<bool>.Done { Entries: [var recorded, ..] }:
                _ = signals.StartAsync(person, recorded.Seq);
                return new ReceivedOutcome.Done();
            case AppendOutcome<bool>.Done:
                return new ReceivedOutcome.Done();
            case AppendOutcome<bool>.KeyTaken taken:
                // Its first answer may have been lost before it was announced: then nobody was told yet, and without the log's way nobody would be.
                await appender.ReadAnnouncedAsync(person, taken.Row.Seq, cancellation);
                _ = signals.StartAsync(person, taken.Row.Seq);
                return new ReceivedOutcome.Done();
            default:
                return new ReceivedOutcome.Busy();
        }
    }

    /// <summary>Pure: of whom is being erased nothing is recorded any more.</summary>
    private static Decided<bool> Decide(StreamState state, EntryDraft entry, ShortLivedRow key) =>
        state.Status is StreamStatus.Erased ? new(state, [], [], null, null, false) : new(state, [entry], [key], null, null, true);
}
