using System.Collections.Immutable;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation.Bulk;

/// <summary>A page of orders, the youngest first.</summary>
/// <param name="Next">Id before which the next page begins; null where there is none.</param>
public sealed record BulkPage(ImmutableArray<(RecordedBulk Bulk, BulkProgress Progress)> Bulks, long? Next);

/// <summary>
/// Orders to stop many people, in the operator's ledger: an admin proposes, another approves or declines, once. What is approved is carried out by <see cref="BulkRun"/>, from here at once and by the timed task after a crash. Throws
/// <see cref="StorageUnavailableException"/>: the same request tells what happened; a proposal whose answer was lost may stand twice, and stops nobody until it is approved.
/// </summary>
public sealed class BulkDesk(OperatorLedger operators, BulkRun run, TimeProvider time)
{
    /// <summary>Of one page.</summary>
    public const int MostOrders = 20;

    public async Task<BulkOutcome> ProposeAsync(BulkOrder order, Official by, CancellationToken cancellation) =>
        order.People.IsEmpty ? new BulkOutcome.Refused(BulkRefusal.Nobody)
        : IsOver(order) ? new BulkOutcome.Refused(BulkRefusal.Over)
        : await operators.RecordAsync(BulkEntries.Proposed(order, by), cancellation) is not { } id ? new BulkOutcome.Refused(BulkRefusal.Busy)
        : await FindAsync(id, cancellation) is var (bulk, progress) ? new BulkOutcome.Done(bulk, progress)
        : new BulkOutcome.Refused(BulkRefusal.Unknown);

    /// <summary>Returns when it is recorded that the order is approved; it is carried out meanwhile.</summary>
    public async Task<BulkOutcome> ApproveAsync(long id, Official by, CancellationToken cancellation)
    {
        if (await run.FindAsync(id, cancellation) is not { } bulk)
        {
            return new BulkOutcome.Refused(BulkRefusal.Unknown);
        }

        if (bulk.By.IsSameHumanAs(by))
        {
            return new BulkOutcome.Refused(BulkRefusal.SameHuman);
        }

        if (IsOver(bulk.Order) && await operators.ReadDecisionAsync(BulkParts.Decision(id), cancellation) is null)
        {
            return new BulkOutcome.Refused(BulkRefusal.Over);
        }

        return await DecideAsync(EntryKind.BulkApproved, bulk, by, cancellation);
    }

    public async Task<BulkOutcome> DeclineAsync(long id, Official by, CancellationToken cancellation) => await run.FindAsync(id, cancellation) is { } bulk
        ? await DecideAsync(EntryKind.BulkDeclined, bulk, by, cancellation)
        : new BulkOutcome.Refused(BulkRefusal.Unknown);

    /// <summary>Null where there is none of that id.</summary>
    public async Task<(RecordedBulk Bulk, BulkProgress Progress)?> FindAsync(long id, CancellationToken cancellation) =>
        await run.FindAsync(id, cancellation) is { } bulk ? (bulk, await run.ProgressAsync(bulk, cancellation)) : null;

    /// <param name="before">Those that are older than that one; null: from the youngest on.</param>
    /// <param name="most">1 to <see cref="MostOrders"/>.</param>
    public async Task<BulkPage> ListAsync(long? before, int most, CancellationToken cancellation)
    {
        var page = await operators.ReadBackAsync(EntryKind.BulkProposed, before, most, cancellation);
        var bulks = ImmutableArray.CreateBuilder<(RecordedBulk, BulkProgress)>(page.Found.Length);
        foreach (var (entry, opened) in page.Found)
        {
            var bulk = BulkEntries.ReadProposed(entry, opened);
            bulks.Add((bulk, await run.ProgressAsync(bulk, cancellation)));
        }

        return new(bulks.DrainToImmutable(), page.Next);
    }

    private bool IsOver(BulkOrder order) => order.Until <= time.GetUtcNow();

    private async Task<BulkOutcome> DecideAsync(EntryKind kind, RecordedBulk bulk, Official by, CancellationToken cancellation)
    {
        switch (await operators.DecideAsync(kind, BulkParts.Decision(bulk.Id), by, cancellation))
        {
            case DecisionOutcome.Busy:
                return new BulkOutcome.Refused(BulkRefusal.Busy);
            case DecisionOutcome.Otherwise:
                return new BulkOutcome.Refused(BulkRefusal.Decided);
        }

        if (kind is EntryKind.BulkApproved)
        {
            run.Start(bulk);
        }

        return new BulkOutcome.Done(bulk, await run.ProgressAsync(bulk, cancellation));
    }
}
