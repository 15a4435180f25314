using System.Collections.Immutable;
using Gating.Access;
using Gating.Admission;
using Gating.Identity;
using Gating.Ledger;
using Gating.Revocation;

namespace Gating.Signals.Receiving;

/// <summary>
/// An issuer says that an account is in use again: the stops that its own <c>account-disabled</c> set are lifted, and no others. Which those are is recorded first, in the operator's ledger, and lifted second: whatever goes wrong
/// between, the same event again lifts those, and none that was set since. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class EnabledAccounts(ILedgerStore ledger, OperatorLedger operators, PersonStops people, SealedReader sealedParts, TimeProvider time)
{
    internal async Task<ReceivedOutcome> LiftAsync(StreamId person, ReportedEvent reported, CancellationToken cancellation)
    {
        var key = KeyHash.Of("account-enabled", reported.Issuer.Id, reported.Id);
        if (await operators.FindByKeyAsync(EntryKind.AccountEnabled, key, cancellation) is not var (_, opened))
        {
            var stops = await OwnStopsAsync(person, reported, cancellation);
            if (stops.IsEmpty)
            {
                return new ReceivedOutcome.Done();
            }

            switch (await operators.RecordOnceAsync(EventEntries.Enabled(person, stops, reported), new(key, time.GetUtcNow() + IdempotencyKey.Lifetime), cancellation))
            {
                case RecordedOnce.Now:
                    return await LiftAsync(person, stops, reported, cancellation);
                case RecordedOnce.Before before when await operators.ReadAsync(EntryKind.AccountEnabled, before.Seq, cancellation) is var (_, same):
                    opened = same;
                    break;
                default:
                    return new ReceivedOutcome.Busy();
            }
        }

        var (whose, recorded) = EventEntries.ReadEnabled(opened);
        return whose == person ? await LiftAsync(person, recorded, reported, cancellation) : new ReceivedOutcome.Refused(EventRefusal.IdTaken);
    }

    private async Task<ReceivedOutcome> LiftAsync(StreamId person, ImmutableArray<KeyHash> stops, ReportedEvent reported, CancellationToken cancellation)
    {
        foreach (var stop in stops)
        {
            if ((await people.LiftAsync(person, stop, EventEntries.Text(reported), reported.By, cancellation)).Refusal is RevocationRefusal.Busy)
            {
                return new ReceivedOutcome.Busy();
            }
        }

        return new ReceivedOutcome.Done();
    }

    /// <summary>
    /// Those that stand by that issuer's <c>account-disabled</c> and had come before this event was made. One that came later may have been made later too: whether it is over nobody can say, and it stays until an admin does.
    /// </summary>
    private async Task<ImmutableArray<KeyHash>> OwnStopsAsync(StreamId person, ReportedEvent reported, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { Head: var head })
        {
            return [];
        }

        var (found, disabled) = (ImmutableArray.CreateBuilder<KeyHash>(), reported.AsBy(ReportedKind.AccountDisabled));
        foreach (var stop in head.State.Stops.Standing)
        {
            if (await ledger.ReadEntryAsync(person, stop.Seq, cancellation) is { Kind: EntryKind.StatusChanged } entry && entry.Time <= reported.At + IdentityVerifier.Skew
                && sealedParts.Open(head, entry) is { } opened && StopEntries.ReadBy(opened) == disabled)
            {
                found.Add(stop.Id);
            }
        }

        return found.DrainToImmutable();
    }
}
