using System.Collections.Concurrent;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.StatusLists;
using Gating.Usage.Leases;

namespace Gating.Admission;

/// <summary>
/// The gate: read → decide (pure) → commit once → apply → answer. A grant is signed only after its entry is durable and announced, and only while the registry, read at most
/// two seconds ago, still says that app, tool and issuer are good. Throws <see cref="StorageUnavailableException"/>: nothing was granted that the caller can use.
/// </summary>
public sealed class AdmissionGate(RegistrySource registry, StreamNames names, Appender appender, ILedgerStore ledger, StatusLeases statuses, UsageLeases shares, AdmissionEvidence evidence, GrantSigner signer, TimeProvider time)
{
    private const int MaxRounds = 3;

    private readonly long _maxRegistryAge = RegistrySource.MaxTicks(time);
    private readonly ConcurrentDictionary<(StreamId Person, KeyHash Key), bool> _inFlight = new();

    public async Task<AdmissionDecision> AdmitAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        if (await names.OfPersonAsync(request.Identity, cancellation) is not NamedStream.Found person)
        {
            return Refused(new(RefusalReason.IdentityConflict));
        }

        var decision = await AdmitAsync(request, person, cancellation);
        return decision is AdmissionDecision.Refused { Refusal.Reason: RefusalReason.PersonErased } && await names.AfterErasureAsync(request.Identity, person.Stream, cancellation) is NamedStream.Found anew
            ? await AdmitAsync(request, anew, cancellation)
            : decision;
    }

    private async Task<AdmissionDecision> AdmitAsync(AdmissionRequest request, NamedStream.Found person, CancellationToken cancellation)
    {
        if (request.IdempotencyKey is not { } key)
        {
            return await DecideAsync(request, person, cancellation);
        }

        var flight = (person.Stream, key.ToHash(request.App.Id));
        if (!_inFlight.TryAdd(flight, true))
        {
            return Refused(new(RefusalReason.IdempotencyInFlight, RetryAfter: 1));
        }

        try
        {
            return await DecideAsync(request, person, cancellation);
        }
        finally
        {
            _inFlight.TryRemove(flight, out _);
        }
    }

    private async Task<AdmissionDecision> DecideAsync(AdmissionRequest request, NamedStream.Found person, CancellationToken cancellation)
    {
        var isNew = person.IsNew;
        StatusPlace? status = null;
        for (var round = 0; round < MaxRounds; round++)
        {
            var snapshot = await registry.GetAsync(cancellation);
            var isOpen = snapshot.IsOpen(request.App.Id, request.Resource, request.Identity.Issuer);
            if (isOpen)
            {
                status ??= await statuses.TakeAsync(new(request.App.Id, request.Resource, request.Identity.Issuer), cancellation);
            }

            // Of what is not registered, or stopped, no grant can come.
            var shared = await shares.TakeAsync(isOpen ? snapshot.SharedOf(request.App.Id, request.Resource) : [], request.Detail.Units, cancellation);
            if (shared is SharedUsage.Contended)
            {
                return Refused(new(RefusalReason.Contended, RetryAfter: 1));
            }

            var asked = AdmissionQuestion.Of(request, snapshot, person.Stream, status, shared, time.GetUtcNow(), _maxRegistryAge);
            var question = await evidence.AddAsync(asked, isOpen, cancellation);
            var proposal = new Proposal<AdmissionAnswer>(OperationId.Create(), question.Keys, (state, at) => AdmissionRules.Decide(question, state, at));
            var outcome = await appender.AppendAsync(person.Stream, proposal, isNew);
            isNew = false;
            if (outcome is AppendOutcome<AdmissionAnswer>.Done { Answer: AdmissionAnswer.Granted granted, Entries: [var entry, ..] })
            {
                return await SignAsync(question, granted, entry, cancellation);
            }

            // Nothing came of it. Where storage threw, that is not known, and what everybody shares stays charged.
            GiveBack(shared);
            switch (outcome)
            {
                case AppendOutcome<AdmissionAnswer>.Done { Answer: AdmissionAnswer.Refused refused }:
                    return new AdmissionDecision.Refused(refused.Refusal, refused.Quotas);
                case AppendOutcome<AdmissionAnswer>.KeyTaken taken:
                    return await AnswerTakenAsync(question, person.Stream, taken.Row, cancellation);
                case AppendOutcome<AdmissionAnswer>.Shed shed:
                    return Refused(Shed(shed.Reason));
                default:
                    // The snapshot grew too old while the request waited for its turn, or the window ended that shared units are of.
                    break;
            }
        }

        return Refused(new(RefusalReason.RegistryStale, RetryAfter: 1));
    }

    private void GiveBack(SharedUsage shared)
    {
        if (shared is SharedUsage.Held held)
        {
            shares.GiveBack(held.Limits, held.Units, time.GetUtcNow());
        }
    }

    private async Task<AdmissionDecision> SignAsync(AdmissionQuestion question, AdmissionAnswer.Granted granted, Entry entry, CancellationToken cancellation)
    {
        // Between the decision and this line a stop may have been answered, or a withdrawal of a consent: the units stay charged, and nobody gets the grant.
        if (await StoppedAsync(question.Request, cancellation) is { } stopped)
        {
            return new AdmissionDecision.Refused(stopped, granted.Quotas);
        }

        var terms = new GrantTerms(
            entry.Stream, entry.Seq, question.Request.App.Id, question.Request.Resource, granted.At, granted.ExpiresAt, question.Details, question.Request.KeyThumbprint, question.Status);
        return new AdmissionDecision.Granted(signer.Sign(terms), terms, granted.ExpiresAt - granted.At, Replayed: false, granted.Quotas) { Shadowed = granted.Shadowed };
    }

    private async Task<AdmissionDecision> AnswerTakenAsync(AdmissionQuestion question, StreamId person, KeyRow row, CancellationToken cancellation)
    {
        var request = question.Request;
        if (request.IdempotencyKey is { } key && row.Key == key.ToHash(request.App.Id))
        {
            return await ReplayAsync(question, person, row.Seq, cancellation);
        }

        var refusal = new Refusal(request.Proof?.Key == row.Key ? RefusalReason.ProofReplayed : RefusalReason.AssertionReplayed);
        var proposal = new Proposal<AdmissionAnswer>(
            OperationId.Create(), [], (state, at) => AdmissionRules.Refuse(question, state, at.Now, refusal, QuotaFields.None));
        await appender.AppendAsync(person, proposal, isNew: false);
        return Refused(refusal);
    }

    /// <summary>The same request again: the recorded grant, if everything it rests on is still good. Rests on rows that were read for it.</summary>
    private async Task<AdmissionDecision> ReplayAsync(AdmissionQuestion question, StreamId person, long seq, CancellationToken cancellation)
    {
        if (await appender.ReadAnnouncedAsync(person, seq, cancellation) is not var (head, entry) || entry.Kind is not EntryKind.Granted)
        {
            throw new StreamFrozenException(person, $"an idempotency key names entry {seq}, which is no grant");
        }

        var (terms, fingerprint) = AdmissionEntries.ReadGranted(entry);
        if (!string.Equals(fingerprint, question.Fingerprint, StringComparison.Ordinal))
        {
            return Refused(new(RefusalReason.IdempotencyMismatch));
        }

        if (head.StatusAt(time.GetUtcNow()) is var status and not StreamStatus.Active)
        {
            return Refused(new(status is StreamStatus.Erased ? RefusalReason.PersonErased : status is StreamStatus.Revoked ? RefusalReason.PersonRevoked : RefusalReason.PersonSuspended));
        }

        var left = terms.ExpiresAt - time.GetUtcNow();
        if (left <= TimeSpan.Zero || await ledger.ReadSettlementAsync(person, seq, cancellation) is not null)
        {
            return Refused(new(RefusalReason.IdempotencySpent));
        }

        var fields = new QuotaFields(question.Plan?.PolicyField, null, null);
        return await StoppedAsync(question.Request, cancellation) is { } stopped
            ? new AdmissionDecision.Refused(stopped, fields)
            : new AdmissionDecision.Granted(signer.Sign(terms), terms, left, Replayed: true, fields);
    }

    private async ValueTask<Refusal?> StoppedAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        var now = await registry.GetAsync(cancellation);
        return now.Apps.GetValueOrDefault(request.App.Id) is not { Status: RegistryStatus.Active } ? new(RefusalReason.AppStopped)
            : now.Issuers.GetValueOrDefault(request.Identity.Issuer) is not { Status: RegistryStatus.Active } ? new(RefusalReason.IssuerStopped)
            : request.RestsOnStoppedKey(now) ? new(RefusalReason.KeyStopped)
            : now.Tools.GetValueOrDefault(request.Resource) is not { Status: RegistryStatus.Active } ? new(RefusalReason.ToolStopped)
            : !await evidence.StillHoldsAsync(request, cancellation) ? new(RefusalReason.ConsentWithdrawn)
            : null;
    }

    private static AdmissionDecision.Refused Refused(Refusal refusal) => new(refusal, QuotaFields.None);

    private static Refusal Shed(ShedReason reason) => reason switch
    {
        ShedReason.TooManyWaiting => new(RefusalReason.TooManyWaiting, RetryAfter: 1),
        ShedReason.TooManyKeys => new(RefusalReason.TooManyKeys, RetryAfter: 60),
        ShedReason.Contended => new(RefusalReason.Contended, RetryAfter: 1),
    };
}
