using System.Collections.Immutable;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Registry.Changes;

/// <summary>
/// Admins change the registry: what is wanted is an entry of the operator's ledger before anything is done, where it takes two another admin approves it, and then the row is written under the registry's stamp, if it still is what the change
/// takes it to be. The row names the change that wrote it, so that a change is carried out once, whoever lost an answer. Instances have it two seconds later (<see cref="RegistrySource.MaxAge"/>).
/// Throws <see cref="StorageUnavailableException"/>: the same request tells what happened; <see cref="RegistryUnreadableException"/>: a registry that cannot be read is put right by a seed, not here.
/// </summary>
public sealed class ChangeDesk(IRegistryStore store, OperatorLedger operators, RegistryMode mode)
{
    /// <summary>Of one page.</summary>
    public const int MostChanges = 100;

    private const int MaxAttempts = 5;

    /// <summary>Of one kind, by name.</summary>
    public async Task<IReadOnlyList<RegisteredItem>> ListAsync(string kind, CancellationToken cancellation) =>
        [.. (await store.ReadAsync(cancellation)).Rows.Where(row => string.Equals(row.Kind, kind, StringComparison.Ordinal)).OrderBy(static row => row.Name, StringComparer.Ordinal).Select(RegisteredItem.Of)];

    /// <summary>As stored now, whatever instances still hold.</summary>
    public async Task<RegisteredItem?> FindAsync(RegistryItem item, CancellationToken cancellation) =>
        item.In((await store.ReadAsync(cancellation)).Rows) is { } row ? RegisteredItem.Of(row) : null;

    /// <param name="tag">Of the item that is to be changed (<see cref="RegisteredItem.Tag"/>); null: there is to be none yet.</param>
    /// <param name="takesTwo">Another admin has to approve it.</param>
    public async Task<ChangeOutcome> ChangeAsync(RegistryItem item, string? tag, ItemEdit edit, Official by, bool takesTwo, CancellationToken cancellation)
    {
        var (version, rows) = await store.ReadAsync(cancellation);
        var before = Read(version, rows);
        var stored = item.In(rows);
        var edited = EditedItem.Of(item, stored, edit);
        if (edited.Refusal is { } refusal)
        {
            return new ChangeOutcome.Refused(refusal);
        }

        if (!edited.Errors.IsEmpty)
        {
            return new ChangeOutcome.Refused(ChangeRefusal.Invalid, edited.Errors);
        }

        if (stored is not null && await CompleteAsync(stored.Change, by, cancellation) is { } busy)
        {
            return busy;
        }

        // Before the tag is looked at: a first answer may have been lost, and what was asked for is so (RFC 9110, section 13.1.1).
        if (stored is not null && edited.Row == stored)
        {
            return new ChangeOutcome.Unchanged(RegisteredItem.TagOf(stored));
        }

        if (!string.Equals(stored is null ? null : RegisteredItem.TagOf(stored), tag, StringComparison.Ordinal))
        {
            return new ChangeOutcome.Refused(ChangeRefusal.Stale);
        }

        if (Judge(rows, item, edited.Row, by, out var after) is { } wrong)
        {
            return wrong;
        }

        var two = takesTwo || ChangeRules.LetsRelease(item, before, after);
        var draft = ChangeEntries.Proposed(new(0, default, item, tag, stored, edited.Row, by, two));
        if (await operators.RecordAsync(draft, cancellation) is not { } id || await FindRecordAsync(id, cancellation) is not { } change)
        {
            return new ChangeOutcome.Refused(ChangeRefusal.Busy);
        }

        return two ? new ChangeOutcome.Done(change, ChangeStanding.Proposed, null) : await ApplyAsync(change, by, cancellation);
    }

    /// <summary>Another admin's yes; of a change that takes one human, and was cut off, anybody's.</summary>
    public async Task<ChangeOutcome> ApproveAsync(long id, Official by, CancellationToken cancellation)
    {
        if (await FindRecordAsync(id, cancellation) is not { } change)
        {
            return new ChangeOutcome.Refused(ChangeRefusal.Unknown);
        }

        if (change.TakesTwo && change.By.IsSameHumanAs(by))
        {
            return new ChangeOutcome.Refused(ChangeRefusal.SameHuman);
        }

        return await DecideAsync(EntryKind.ChangeApproved, id, by, cancellation) is { } refused ? refused : await ApplyAsync(change, by, cancellation);
    }

    /// <summary>It is over. Takes nobody in particular: it changes nothing.</summary>
    public async Task<ChangeOutcome> DeclineAsync(long id, Official by, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not var (change, standing))
        {
            return new ChangeOutcome.Refused(ChangeRefusal.Unknown);
        }

        // What takes one human is not waiting for anybody, and may be on its way.
        return !change.TakesTwo || standing is not (ChangeStanding.Proposed or ChangeStanding.Declined) ? new ChangeOutcome.Refused(ChangeRefusal.Decided)
            : await DecideAsync(EntryKind.ChangeDeclined, id, by, cancellation) is { } refused ? refused
            : new ChangeOutcome.Done(change, ChangeStanding.Declined, null);
    }

    /// <summary>Null where there is none of that id.</summary>
    public async Task<(RecordedChange Change, ChangeStanding Standing)?> FindAsync(long id, CancellationToken cancellation) =>
        await FindRecordAsync(id, cancellation) is { } change ? (change, await StandingAsync(change, cancellation)) : null;

    /// <param name="before">Those that are older than that one; null: from the youngest on.</param>
    /// <param name="most">1 to <see cref="MostChanges"/>.</param>
    public async Task<ChangePage> ListAsync(long? before, int most, CancellationToken cancellation)
    {
        var page = await operators.ReadBackAsync(EntryKind.ChangeProposed, before, most, cancellation);
        var changes = ImmutableArray.CreateBuilder<(RecordedChange, ChangeStanding)>(page.Found.Length);
        foreach (var (entry, opened) in page.Found)
        {
            var change = ChangeEntries.ReadProposed(entry, opened);
            changes.Add((change, await StandingAsync(change, cancellation)));
        }

        return new(changes.DrainToImmutable(), page.Next);
    }

    private async Task<RecordedChange?> FindRecordAsync(long id, CancellationToken cancellation) =>
        await operators.ReadAsync(EntryKind.ChangeProposed, id, cancellation) is var (entry, opened) ? ChangeEntries.ReadProposed(entry, opened) : null;

    private async Task<ChangeStanding> StandingAsync(RecordedChange change, CancellationToken cancellation)
    {
        var (endRead, decisionRead) = (operators.ReadDecisionAsync(ChangeParts.End(change.Id), cancellation), operators.ReadDecisionAsync(ChangeParts.Decision(change.Id), cancellation));
        await Task.WhenAll(endRead, decisionRead);
        return (await endRead, await decisionRead) switch
        {
            (EntryKind.ChangeApplied, _) => ChangeStanding.Applied,
            ({ }, _) => ChangeStanding.Dropped,
            (null, EntryKind.ChangeDeclined) => ChangeStanding.Declined,

            // Cut off, perhaps behind the write: then the row says so.
            (null, EntryKind.ChangeApproved) => Begun(change, await StoredAsync(change, cancellation), ChangeStanding.Approved),
            _ => change.TakesTwo ? ChangeStanding.Proposed : Begun(change, await StoredAsync(change, cancellation), ChangeStanding.Proposed),
        };
    }

    private static ChangeStanding Begun(RecordedChange change, RegistryRow? stored, ChangeStanding otherwise) => ChangeRules.StandingOn(change, stored) is ChangeStanding.Applied ? ChangeStanding.Applied : otherwise;

    private async Task<RegistryRow?> StoredAsync(RecordedChange change, CancellationToken cancellation) => change.Item.In((await store.ReadAsync(cancellation)).Rows);

    private async Task<ChangeOutcome> ApplyAsync(RecordedChange change, Official by, CancellationToken cancellation)
    {
        if (await operators.ReadDecisionAsync(ChangeParts.End(change.Id), cancellation) is { } ended)
        {
            return ended is EntryKind.ChangeApplied ? Applied(change) : new ChangeOutcome.Refused(ChangeRefusal.Stale);
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (version, rows) = await store.ReadAsync(cancellation);
            switch (ChangeRules.StandingOn(change, change.Item.In(rows)))
            {
                case ChangeStanding.Applied:
                    return await EndAsync(EntryKind.ChangeApplied, change, by, Applied(change), cancellation);
                case ChangeStanding.Dropped:
                    return await EndAsync(EntryKind.ChangeDropped, change, by, new ChangeOutcome.Refused(ChangeRefusal.Stale), cancellation);
            }

            if (Judge(rows, change.Item, change.After, change.By, out _) is { } wrong)
            {
                return await EndAsync(EntryKind.ChangeDropped, change, by, wrong, cancellation);
            }

            // The commit point. A crash behind it leaves a row that names the change; whoever asks for the change, or changes the row next, records that it was carried out.
            var (upserts, deletions) = change.After is { } after ? ((IReadOnlyList<RegistryRow>)[after], (IReadOnlyList<RegistryRow>)[]) : ([], [change.Before!]);
            if (await store.WriteAsync(version, upserts, deletions, cancellation) is not null)
            {
                return await EndAsync(EntryKind.ChangeApplied, change, by, Applied(change), cancellation);
            }
        }

        return new ChangeOutcome.Refused(ChangeRefusal.Busy);
    }

    private static ChangeOutcome.Done Applied(RecordedChange change) => new(change, ChangeStanding.Applied, change.After is { } after ? RegisteredItem.TagOf(after) : null);

    private async Task<ChangeOutcome> EndAsync(EntryKind kind, RecordedChange change, Official by, ChangeOutcome outcome, CancellationToken cancellation) =>
        await operators.DecideAsync(kind, ChangeParts.End(change.Id), by, cancellation) is DecisionOutcome.Busy ? new ChangeOutcome.Refused(ChangeRefusal.Busy) : outcome;

    private async Task<ChangeOutcome.Refused?> DecideAsync(EntryKind kind, long id, Official by, CancellationToken cancellation) => await operators.DecideAsync(kind, ChangeParts.Decision(id), by, cancellation) switch
    {
        DecisionOutcome.Recorded or DecisionOutcome.Repeated => null,
        DecisionOutcome.Otherwise => new(ChangeRefusal.Decided),
        _ => new(ChangeRefusal.Busy),
    };

    /// <summary>Records that the change which wrote a row was carried out, where a crash kept that from the ledger: the row is about to forget it.</summary>
    private async Task<ChangeOutcome.Refused?> CompleteAsync(long change, Official by, CancellationToken cancellation) =>
        change == 0 || await operators.ReadDecisionAsync(ChangeParts.End(change), cancellation) is not null
        || await operators.DecideAsync(EntryKind.ChangeApplied, ChangeParts.End(change), by, cancellation) is not DecisionOutcome.Busy
            ? null
            : new(ChangeRefusal.Busy);

    /// <summary>Null where the registry may be as <paramref name="after"/>.</summary>
    private ChangeOutcome.Refused? Judge(IReadOnlyList<RegistryRow> rows, RegistryItem item, RegistryRow? written, Official by, out RegistryDocument after)
    {
        after = RegistryDocument.Empty;
        switch (RegistryReader.ReadRows(ChangeRules.With(rows, item, written), mode))
        {
            case RegistryReading.Invalid invalid:
                return new(ChangeRefusal.Invalid, invalid.Errors);
            case RegistryReading.Valid valid when ChangeRules.LocksOut(valid.Document, by):
                return new(ChangeRefusal.LocksOut);
            case RegistryReading.Valid valid:
                after = valid.Document;
                break;
        }

        return null;
    }

    private RegistryDocument Read(long version, IReadOnlyList<RegistryRow> rows) => RegistryReader.ReadRows(rows, mode) switch
    {
        RegistryReading.Valid valid => valid.Document,
        RegistryReading.Invalid invalid => throw new RegistryUnreadableException(version, invalid.Errors),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
