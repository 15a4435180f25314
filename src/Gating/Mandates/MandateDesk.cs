using Gating.Access;
using Gating.Ledger;

namespace Gating.Mandates;

/// <summary>How proposing, deciding or withdrawing a mandate ended.</summary>
public abstract record MandateOutcome
{
    private MandateOutcome()
    {
    }

    /// <summary>It is as was asked, recorded and announced.</summary>
    public sealed record Done(long Mandate) : MandateOutcome;

    public sealed record Refused(MandateRefusal Reason) : MandateOutcome;
}

/// <summary>
/// Makes mandates, in the operator's ledger: an admin proposes, another approves or declines, once; any withdraws, at once and for ever. Approving again what the same admin approved changes nothing.
/// Throws <see cref="StorageUnavailableException"/>: the same request tells what happened; a proposal whose answer was lost may stand twice, and gives nothing until it is approved.
/// </summary>
public sealed class MandateDesk(OperatorLedger operators, TimeProvider time)
{
    public async Task<MandateOutcome> ProposeAsync(MandateTerms terms, Official by, CancellationToken cancellation) =>
        await operators.RecordAsync(MandateEntries.Proposed(terms, by), cancellation) is { } seq ? new MandateOutcome.Done(seq) : new MandateOutcome.Refused(MandateRefusal.Busy);

    public async Task<MandateOutcome> ApproveAsync(long id, Official by, CancellationToken cancellation) => await FindAsync(id, cancellation) switch
    {
        null => new MandateOutcome.Refused(MandateRefusal.Unknown),
        { } mandate when MandateRules.Approve(mandate, by, time.GetUtcNow()) is { } refusal => new MandateOutcome.Refused(refusal),
        _ => await DecideAsync(EntryKind.MandateApproved, id, MandateParts.Decision(id), by, cancellation),
    };

    public async Task<MandateOutcome> DeclineAsync(long id, Official by, CancellationToken cancellation) => await FindAsync(id, cancellation) is null
        ? new MandateOutcome.Refused(MandateRefusal.Unknown)
        : await DecideAsync(EntryKind.MandateDeclined, id, MandateParts.Decision(id), by, cancellation);

    /// <summary>After it has returned no question is recorded under that mandate.</summary>
    public async Task<MandateOutcome> WithdrawAsync(long id, Official by, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is null)
        {
            return new MandateOutcome.Refused(MandateRefusal.Unknown);
        }

        // Whoever withdrew it: it is withdrawn.
        var outcome = await DecideAsync(EntryKind.MandateWithdrawn, id, MandateParts.Withdrawal(id), by, cancellation);
        return outcome is MandateOutcome.Refused { Reason: MandateRefusal.Decided } ? new MandateOutcome.Done(id) : outcome;
    }

    /// <summary>Null where there is none of that id, or what it says was erased. By seven point reads at most.</summary>
    public async Task<Mandate?> FindAsync(long id, CancellationToken cancellation)
    {
        var (proposalRead, decisionRead, withdrawalRead) = (
            operators.ReadAsync(EntryKind.MandateProposed, id, cancellation),
            operators.ReadDecisionAsync(MandateParts.Decision(id), cancellation),
            operators.ReadDecisionAsync(MandateParts.Withdrawal(id), cancellation));
        await Task.WhenAll(proposalRead, decisionRead, withdrawalRead);
        if (await proposalRead is not var (_, opened))
        {
            return null;
        }

        var (terms, by) = MandateEntries.ReadProposed(opened);
        var standing = await withdrawalRead is not null ? MandateStanding.Withdrawn : await decisionRead switch
        {
            null => MandateStanding.Proposed,
            EntryKind.MandateApproved => MandateStanding.Approved,
            _ => MandateStanding.Declined,
        };
        return new(id, terms, by, standing);
    }

    private async Task<MandateOutcome> DecideAsync(EntryKind kind, long id, SettlementId settles, Official by, CancellationToken cancellation) =>
        await operators.DecideAsync(kind, settles, by, cancellation) switch
        {
            DecisionOutcome.Recorded or DecisionOutcome.Repeated => new MandateOutcome.Done(id),
            DecisionOutcome.Otherwise => new MandateOutcome.Refused(MandateRefusal.Decided),
            DecisionOutcome.Busy => new MandateOutcome.Refused(MandateRefusal.Busy),
        };
}
