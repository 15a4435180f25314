using System.Collections.Immutable;
using Gating.Admission;
using Gating.Consents;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.Usage.Leases;

namespace Gating.Generations;

/// <summary>
/// Turns a grant into a generation before the tool generates: read → decide (pure) → commit once → answer. One transaction with the person's head, and no read in the steady state; where
/// fewer units are declared than granted, or an issuer is stopped, the grant's entry is read: to give the rest back, or to know whose word it rests on. Throws <see cref="StorageUnavailableException"/>: the generation may then have begun, and the
/// same request tells.
/// </summary>
public sealed class GrantRedeemer(RegistrySource registry, Appender appender, ILedgerStore ledger, UsageLeases shares, RecordedConsents consents, TimeProvider time)
{
    private const int MaxRounds = 3;

    private readonly long _maxRegistryAge = RegistrySource.MaxTicks(time);

    public async Task<GenerationOutcome> RedeemAsync(PresentedGrant grant, GenerationRequest request, ShortLivedRow? proof, CancellationToken cancellation)
    {
        if (!await consents.HoldAsync(grant.ConsentIds, cancellation))
        {
            return new GenerationOutcome.Refused(GenerationRefusal.ConsentWithdrawn);
        }

        // After the commit once more: a withdrawal that was answered before it is seen, and nobody is told to generate.
        return await BeginAsync(grant, request, proof, cancellation) is var outcome && outcome is GenerationOutcome.Begun && !await consents.HoldAsync(grant.ConsentIds, cancellation)
            ? new GenerationOutcome.Refused(GenerationRefusal.ConsentWithdrawn)
            : outcome;
    }

    private async Task<GenerationOutcome> BeginAsync(PresentedGrant grant, GenerationRequest request, ShortLivedRow? proof, CancellationToken cancellation)
    {
        var fingerprint = GenerationEntries.FingerprintOf(request);
        var charge = request.Units < grant.Units ? await ChargeOfAsync(grant, cancellation) : null;
        ImmutableArray<ContentId> contents = [.. Enumerable.Range(0, request.Outputs).Select(_ => ContentId.Create(time.GetUtcNow()))];
        ImmutableArray<ShortLivedRow> keys = proof is { } row ? [row] : [];
        for (var round = 0; round < MaxRounds; round++)
        {
            var snapshot = await registry.GetAsync(cancellation);
            var question = new GenerationQuestion(grant, request, fingerprint, contents, charge, snapshot, _maxRegistryAge)
            {
                Issuer = snapshot.HasStoppedIssuer ? AdmissionEntries.ReadIssuer(await GrantedAsync(grant, cancellation)) : null,
            };
            var proposal = new Proposal<GenerationAnswer>(OperationId.Create(), keys, (state, at) => GenerationRules.Decide(question, keys, state, at));
            CrashPoint.Reach(CrashPoint.BeforeRedeemed);
            switch (await appender.AppendAsync(grant.Person, proposal, isNew: false))
            {
                case AppendOutcome<GenerationAnswer>.Done { Answer: GenerationAnswer.Begun, Entries: [var entry, ..] }:
                    CrashPoint.Reach(CrashPoint.AfterRedeemed);
                    if (charge is { } charged)
                    {
                        shares.GiveBack(question.Registry.SharedOf(grant.App, grant.Resource), charged, grant.Units - (request.Units ?? grant.Units));
                    }

                    return new GenerationOutcome.Begun(GenerationEntries.Read(entry)!, Replayed: false);
                case AppendOutcome<GenerationAnswer>.Done { Answer: GenerationAnswer.Refused refused }:
                    return new GenerationOutcome.Refused(refused.Reason);
                case AppendOutcome<GenerationAnswer>.AlreadySettled settled:
                    return await ReplayAsync(grant, fingerprint, settled.Row.By, cancellation);
                case AppendOutcome<GenerationAnswer>.KeyTaken:
                    return new GenerationOutcome.Refused(GenerationRefusal.ProofReplayed);
                case AppendOutcome<GenerationAnswer>.Shed:
                    return new GenerationOutcome.Refused(GenerationRefusal.Busy);
                default:
                    // The snapshot grew too old while the request waited for its turn.
                    break;
            }
        }

        return new GenerationOutcome.Refused(GenerationRefusal.Busy);
    }

    /// <summary>The same request again is answered with the generation that it began; another one finds the grant spent. Rests on rows that were read for it.</summary>
    private async Task<GenerationOutcome> ReplayAsync(PresentedGrant grant, string fingerprint, long by, CancellationToken cancellation)
    {
        if (await appender.ReadAnnouncedAsync(grant.Person, by, cancellation) is not var (head, entry))
        {
            throw new StreamFrozenException(grant.Person, $"a settlement names entry {by}, which is not there");
        }

        return GenerationEntries.Read(entry) is not { } begun || !string.Equals(begun.Fingerprint, fingerprint, StringComparison.Ordinal)
            || await ledger.ReadSettlementAsync(grant.Person, GrantParts.Revocation(grant.Seq), cancellation) is not null
            ? new GenerationOutcome.Refused(GenerationRefusal.GrantSpent)
            : head.StatusAt(time.GetUtcNow()) switch
            {
                StreamStatus.Active => new GenerationOutcome.Begun(begun, Replayed: true),
                StreamStatus.Suspended => new GenerationOutcome.Refused(GenerationRefusal.PersonSuspended),
                StreamStatus.Revoked or StreamStatus.Erased => new GenerationOutcome.Refused(GenerationRefusal.PersonRevoked),
            };
    }

    private async Task<Usage.UsageCharge?> ChargeOfAsync(PresentedGrant grant, CancellationToken cancellation) => AdmissionEntries.ReadCharge(await GrantedAsync(grant, cancellation));

    private async Task<Entry> GrantedAsync(PresentedGrant grant, CancellationToken cancellation) =>
        await ledger.ReadEntryAsync(grant.Person, grant.Seq, cancellation) is { Kind: EntryKind.Granted } entry
            ? entry
            : throw new StreamFrozenException(grant.Person, $"a grant names entry {grant.Seq}, which admitted none");
}
