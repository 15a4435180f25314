using System.Collections.Immutable;
using Gating.Access;
using Gating.Admission;
using Gating.Ledger;
using Gating.Registry;
using Gating.Signals;
using Gating.StatusLists;

namespace Gating.Revocation;

/// <summary>A page of revocations, the youngest first.</summary>
/// <param name="Next">Id before which the next page begins; null where there is none.</param>
public sealed record RevocationPage(ImmutableArray<(RecordedRevocation Revocation, RevocationStanding Standing)> Revocations, long? Next);

/// <summary>
/// An admin stops somebody, or what they were given, and lifts it: the stop in the person's ledger, what the admin did in the operator's. Throws <see cref="StorageUnavailableException"/>: nothing is acknowledged then, and the same
/// request again finds what stands and does the rest.
/// </summary>
public sealed class RevocationDesk(ILedgerStore ledger, OperatorLedger operators, PersonStops people, RegistryStops registry, GrantRevoker grants, OpenGrants open, StatusMarks marks, PersonSignals signals, TimeProvider time)
{
    /// <summary>Of one page.</summary>
    public const int MostRevocations = 100;

    /// <summary>How far ahead a stop may be ordered.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromDays(366);

    /// <summary>
    /// Once it has returned <see cref="RevocationOutcome.Done"/> no instance commits a grant or a generation of that person's, nor tells one again; of an app, a tool or an issuer that holds as well, for it returns when no snapshot
    /// without the stop may be used any more (<see cref="RegistrySource.MaxAge"/>): only what was decided before and is on its way to storage then can still be committed, and of that no grant is signed.
    /// Of one that begins later all this holds from its time on, by the clock of each instance.
    /// </summary>
    /// <param name="key">The admin's for this order: sent again it completes the order and is answered the same, for a day at least.</param>
    public async Task<RevocationOutcome> RevokeAsync(RevocationOrder order, Official by, IdempotencyKey key, CancellationToken cancellation)
    {
        if (order.Target is RevocationTarget.OfRegistered { Kind: RegistryKind.Issuer, Name: var issuer } && string.Equals(issuer, by.Issuer, StringComparison.Ordinal))
        {
            return new RevocationOutcome.Refused(RevocationRefusal.OwnIssuer);
        }

        var used = KeyHash.Of("revocation", by.Issuer, by.Subject, key.Value);
        if (await operators.FindByKeyAsync(EntryKind.Revoked, used, cancellation) is var (entry, opened))
        {
            return await ReplayAsync(RevocationEntries.ReadOrdered(entry, opened), order, cancellation);
        }

        if (order.From > time.GetUtcNow() + MostAhead)
        {
            return new RevocationOutcome.Refused(RevocationRefusal.TooFarAhead);
        }

        // The stop first, its record second: they are of two ledgers and cannot be one commit. A crash between leaves somebody stopped by an entry of his own that says by whom and why, and of which the
        // operator's ledger does not know; nobody was told yes. The same request finds the stop by its id, which follows from the admin, the key and the order, and records it.
        var stop = KeyHash.Of("stop", by.Issuer, by.Subject, key.Value, order.Fingerprint);
        var answer = await StopAsync(stop, order, by, cancellation);
        if (answer.Refusal is { } refusal)
        {
            return new RevocationOutcome.Refused(refusal);
        }

        var draft = RevocationEntries.Ordered(order, by, stop, answer.Seq);
        return await operators.RecordOnceAsync(draft, new(used, time.GetUtcNow() + IdempotencyKey.Lifetime), cancellation) switch
        {
            RecordedOnce.Now now => await DoneAsync(now.Seq, replayed: false, cancellation),

            // The same order at the same moment was quicker. One of another order under that key was, too: then this one is recorded without it, for its stop stands.
            RecordedOnce.Before before when await FindRecordAsync(before.Seq, cancellation) is { } same && same.Stop == stop => await DoneAsync(before.Seq, replayed: true, cancellation),
            RecordedOnce.Before when await operators.RecordAsync(draft, cancellation) is { } seq => await DoneAsync(seq, replayed: false, cancellation),
            _ => new RevocationOutcome.Refused(RevocationRefusal.Busy),
        };
    }

    /// <summary>For one of many whom two admins ordered to be stopped: as any other order, but under no key. Carried out twice it is one stop, of which there may be two records.</summary>
    /// <param name="stop">What the order calls the stop of that person.</param>
    internal async Task<RevocationOutcome> CarryOutAsync(KeyHash stop, RevocationOrder order, Official by, CancellationToken cancellation)
    {
        var answer = await StopAsync(stop, order, by, cancellation);
        return answer.Refusal is { } refusal ? new RevocationOutcome.Refused(refusal)
            : await operators.RecordAsync(RevocationEntries.Ordered(order, by, stop, answer.Seq), cancellation) is { } id ? await DoneAsync(id, replayed: false, cancellation)
            : new RevocationOutcome.Refused(RevocationRefusal.Busy);
    }

    /// <summary>Lifts that one; others that stand on the same person go on holding. Whoever lifted it: it is lifted.</summary>
    public async Task<RevocationOutcome> LiftAsync(long id, string text, Official by, CancellationToken cancellation)
    {
        if (await FindRecordAsync(id, cancellation) is not { } revocation)
        {
            return new RevocationOutcome.Refused(RevocationRefusal.Unknown);
        }

        if (revocation.Order.Target is RevocationTarget.OfGrant)
        {
            return new RevocationOutcome.Refused(RevocationRefusal.GrantFinal);
        }

        // The record first, the lifting second: a crash between leaves a lifting that is recorded and somebody who is still stopped. The same request, or another admin's, does the rest.
        var decided = await operators.DecideAsync(EntryKind.RevocationLifted, RevocationParts.Lifting(id), by, cancellation, text);
        if (decided is DecisionOutcome.Busy)
        {
            return new RevocationOutcome.Refused(RevocationRefusal.Busy);
        }

        var answer = revocation.Order.Target switch
        {
            RevocationTarget.OfPerson of => await people.LiftAsync(of.Person, revocation.Stop, text, by, cancellation),
            RevocationTarget.OfRegistered registered => new(0, Changed: true, await registry.LiftAsync(StopOf(revocation, registered), cancellation)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return answer.Refusal is { } refusal ? new RevocationOutcome.Refused(refusal) : await DoneAsync(id, replayed: !answer.Changed, cancellation);
    }

    /// <summary>Null where there is none of that id, or what it says was erased.</summary>
    public async Task<(RecordedRevocation Revocation, RevocationStanding Standing)?> FindAsync(long id, CancellationToken cancellation) =>
        await FindRecordAsync(id, cancellation) is { } revocation ? (revocation, await StandingAsync(revocation, cancellation)) : null;

    /// <param name="before">Those that are older than that one; null: from the youngest on.</param>
    /// <param name="most">1 to <see cref="MostRevocations"/>.</param>
    public async Task<RevocationPage> ListAsync(long? before, int most, CancellationToken cancellation)
    {
        var page = await operators.ReadBackAsync(EntryKind.Revoked, before, most, cancellation);
        var revocations = ImmutableArray.CreateBuilder<(RecordedRevocation, RevocationStanding)>(page.Found.Length);
        foreach (var (entry, opened) in page.Found)
        {
            var revocation = RevocationEntries.ReadOrdered(entry, opened);
            revocations.Add((revocation, await StandingAsync(revocation, cancellation)));
        }

        return new(revocations.DrainToImmutable(), page.Next);
    }

    private static RegistryStop StopOf(RecordedRevocation revocation, RevocationTarget.OfRegistered target) => StopOf(revocation.Stop, revocation.Order, target);

    private static RegistryStop StopOf(KeyHash id, RevocationOrder order, RevocationTarget.OfRegistered target) => new(id, target.Kind, target.Name, order.From);

    private async Task<StopAnswer> StopAsync(KeyHash id, RevocationOrder order, Official by, CancellationToken cancellation) => order.Target switch
    {
        RevocationTarget.OfPerson of => await people.SetAsync(of.Person, id, order, by, cancellation),
        RevocationTarget.OfGrant grant => await EndAsync(grant, order, by, cancellation),
        RevocationTarget.OfRegistered registered => new(0, Changed: true, await registry.SetAsync(StopOf(id, order, registered), cancellation)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task<StopAnswer> EndAsync(RevocationTarget.OfGrant grant, RevocationOrder order, Official by, CancellationToken cancellation)
    {
        if (await ledger.ReadEntryAsync(grant.Person, grant.Seq, cancellation) is not { Kind: EntryKind.Granted } granted)
        {
            return new(0, Changed: false, RevocationRefusal.GrantUnknown);
        }

        var end = await grants.RevokeAsync(granted, StopEntries.Why(by, order.Reason, order.Text), cancellation);
        return end.IsBusy ? new(0, Changed: false, RevocationRefusal.Busy) : end.By == 0 ? new(0, Changed: false, RevocationRefusal.GrantOver) : new(end.By, Changed: true, null);
    }

    private Task<RevocationOutcome> ReplayAsync(RecordedRevocation before, RevocationOrder order, CancellationToken cancellation) =>
        before.Order == order ? TellAsync(before, replayed: true, cancellation) : Task.FromResult<RevocationOutcome>(new RevocationOutcome.Refused(RevocationRefusal.KeyTaken));

    private async Task<RevocationOutcome> DoneAsync(long id, bool replayed, CancellationToken cancellation) =>
        await FindRecordAsync(id, cancellation) is { } revocation ? await TellAsync(revocation, replayed, cancellation) : new RevocationOutcome.Refused(RevocationRefusal.Unknown);

    private async Task<RevocationOutcome> TellAsync(RecordedRevocation revocation, bool replayed, CancellationToken cancellation)
    {
        if (revocation.Order.Target is RevocationTarget.OfRegistered)
        {
            // Of a repeat too: the one who ordered it first may have crashed while he waited.
            await registry.WaitForAllAsync(cancellation);
        }

        var standing = await StandingAsync(revocation, cancellation);
        // One that began later than it was recorded is told of when its entry comes the log's way again.
        if (standing is RevocationStanding.Standing && revocation.Order.Target is RevocationTarget.OfPerson of && !(revocation.Order.From > revocation.At))
        {
            // Apps are told meanwhile, and nobody waits for them: were this process to die, the log's way would tell them.
            _ = signals.StartAsync(of.Person, revocation.Place);

            // Of what is registered the lists themselves know.
            await marks.InvalidateAsync(await open.PlacesAsync(of.Person, revocation.Place, cancellation), cancellation);
        }

        return new RevocationOutcome.Done(revocation, standing, replayed);
    }

    private async Task<RecordedRevocation?> FindRecordAsync(long id, CancellationToken cancellation) =>
        await operators.ReadAsync(EntryKind.Revoked, id, cancellation) is var (entry, opened) ? RevocationEntries.ReadOrdered(entry, opened) : null;

    /// <summary>As the person's head or the registry says, read for it: what is recorded and what holds are two things.</summary>
    private async Task<RevocationStanding> StandingAsync(RecordedRevocation revocation, CancellationToken cancellation)
    {
        if (revocation.Order.Target is RevocationTarget.OfRegistered registered)
        {
            return await registry.StandsAsync(StopOf(revocation, registered), cancellation) ? Begun(revocation) : RevocationStanding.Lifted;
        }

        if (revocation.Order.Target is RevocationTarget.OfGrant grant)
        {
            return await ledger.ReadEntryAsync(grant.Person, grant.Seq, cancellation) is { Kind: EntryKind.Granted } granted && AdmissionEntries.ReadGranted(granted).Terms.ExpiresAt > time.GetUtcNow()
                ? RevocationStanding.Standing
                : RevocationStanding.Ended;
        }

        var stops = (await ledger.ReadHeadAsync(((RevocationTarget.OfPerson)revocation.Order.Target).Person, cancellation))?.Head.State.Stops ?? StreamStops.None;
        return stops.Find(revocation.Stop) is not null && !stops.Stands(revocation.Stop) ? RevocationStanding.Lifted
            : revocation.Order.Until <= time.GetUtcNow() ? RevocationStanding.Ended
            : stops.Stands(revocation.Stop) ? Begun(revocation)
            : RevocationStanding.Lifted;
    }

    private RevocationStanding Begun(RecordedRevocation revocation) => revocation.Order.From > time.GetUtcNow() ? RevocationStanding.Waiting : RevocationStanding.Standing;
}
