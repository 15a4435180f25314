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
public sealed class MandateDesk(ILedgerStore ledger, Appender appender, StreamNames names, SealedReader sealedParts, TimeProvider time)
{
    public async Task<MandateOutcome> ProposeAsync(MandateTerms terms, Official by, CancellationToken cancellation)
    {
        var draft = MandateEntries.Proposed(terms, by);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], null, null, true));
        return await appender.AppendAsync(await OperatorAsync(cancellation), proposal, isNew: false) is AppendOutcome<bool>.Done { Entries: [var entry, ..] }
            ? new MandateOutcome.Done(entry.Seq)
            : new MandateOutcome.Refused(MandateRefusal.Busy);
    }

    public async Task<MandateOutcome> ApproveAsync(long id, Official by, CancellationToken cancellation) => await FindAsync(id, cancellation) switch
    {
        null => new MandateOutcome.Refused(MandateRefusal.Unknown),
        { } mandate when MandateRules.Approve(mandate, by, time.GetUtcNow()) is { } refusal => new MandateOutcome.Refused(refusal),
        _ => await SettleAsync(EntryKind.MandateApproved, id, MandateParts.Decision(id), by, cancellation),
    };

    public async Task<MandateOutcome> DeclineAsync(long id, Official by, CancellationToken cancellation) => await FindAsync(id, cancellation) is null
        ? new MandateOutcome.Refused(MandateRefusal.Unknown)
        : await SettleAsync(EntryKind.MandateDeclined, id, MandateParts.Decision(id), by, cancellation);

    /// <summary>After it has returned no question is recorded under that mandate.</summary>
    public async Task<MandateOutcome> WithdrawAsync(long id, Official by, CancellationToken cancellation) => await FindAsync(id, cancellation) switch
    {
        null => new MandateOutcome.Refused(MandateRefusal.Unknown),
        { Standing: MandateStanding.Withdrawn } => new MandateOutcome.Done(id),
        _ => await SettleAsync(EntryKind.MandateWithdrawn, id, MandateParts.Withdrawal(id), by, cancellation),
    };

    /// <summary>Null where there is none of that id, or what it says was erased. By five point reads at most.</summary>
    public async Task<Mandate?> FindAsync(long id, CancellationToken cancellation)
    {
        var stream = await OperatorAsync(cancellation);
        var (entryRead, decisionRead, withdrawalRead) = (
            ledger.ReadEntryAsync(stream, id, cancellation),
            ledger.ReadSettlementAsync(stream, MandateParts.Decision(id), cancellation),
            ledger.ReadSettlementAsync(stream, MandateParts.Withdrawal(id), cancellation));
        await Task.WhenAll(entryRead, decisionRead, withdrawalRead);
        if (await entryRead is not { Kind: EntryKind.MandateProposed } entry || await sealedParts.OpenAsync(entry, cancellation) is not { } opened)
        {
            return null;
        }

        var (terms, by) = MandateEntries.ReadProposed(opened);
        var standing = await withdrawalRead is not null ? MandateStanding.Withdrawn
            : await decisionRead is not { } decision ? MandateStanding.Proposed
            : await ledger.ReadEntryAsync(stream, decision.By, cancellation) is { Kind: EntryKind.MandateApproved } ? MandateStanding.Approved
            : MandateStanding.Declined;
        return new(id, terms, by, standing);
    }

    private async Task<MandateOutcome> SettleAsync(EntryKind kind, long id, SettlementId settles, Official by, CancellationToken cancellation)
    {
        var stream = await OperatorAsync(cancellation);
        var draft = MandateEntries.Decided(kind, id, by);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], settles, null, true));
        return await appender.AppendAsync(stream, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done => new MandateOutcome.Done(id),
            AppendOutcome<bool>.AlreadySettled settled => await IsSameAsync(stream, settled.Row.By, kind, by, cancellation)
                ? new MandateOutcome.Done(id)
                : new MandateOutcome.Refused(MandateRefusal.Decided),
            _ => new MandateOutcome.Refused(MandateRefusal.Busy),
        };
    }

    // A repeat, because its first answer was lost: announced before it is told.
    private async Task<bool> IsSameAsync(StreamId stream, long seq, EntryKind kind, Official by, CancellationToken cancellation) =>
        await appender.ReadAnnouncedAsync(stream, seq, cancellation) is var (_, entry) && entry.Kind == kind
        && (kind is EntryKind.MandateWithdrawn
            || (await sealedParts.OpenAsync(entry, cancellation) is { } opened && MandateEntries.ReadAdmin(opened).IsSameHumanAs(by)));

    private ValueTask<StreamId> OperatorAsync(CancellationToken cancellation) => names.OfAsync(StreamNames.Operator, StreamNames.Operator, cancellation);
}
