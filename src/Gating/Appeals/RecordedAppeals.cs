using Gating.Grants;
using Gating.Ledger;

namespace Gating.Appeals;

/// <summary>Appeals as they stand, read for whoever asks. Throws <see cref="StorageUnavailableException"/>.</summary>
public sealed class RecordedAppeals(ILedgerStore ledger, SealedReader sealedParts, AppHandles handles)
{
    /// <summary>Null where this app filed none of that id.</summary>
    public async Task<AppealStanding?> FindAsync(string app, string id, CancellationToken cancellation) =>
        handles.TryOpenAppeal(app, id, out var place) ? await FindAsync(place.Person, place.Seq, cancellation) : null;

    /// <summary>Null where no appeal stands there.</summary>
    internal async Task<AppealStanding?> FindAsync(StreamId person, long seq, CancellationToken cancellation) =>
        await ledger.ReadEntryAsync(person, seq, cancellation) is { Kind: EntryKind.AppealFiled } entry ? await StandingAsync(entry, cancellation) : null;

    /// <param name="filed">The entry that filed it.</param>
    internal async Task<AppealStanding> StandingAsync(Entry filed, CancellationToken cancellation)
    {
        var (headRead, decisionRead) = (ledger.ReadHeadAsync(filed.Stream, cancellation), ledger.ReadSettlementAsync(filed.Stream, AppealParts.Decision(filed.Seq), cancellation));
        await Task.WhenAll(headRead, decisionRead);
        var head = (await headRead)?.Head ?? throw new StreamFrozenException(filed.Stream, "it has entries and no head");
        var appeal = AppealEntries.ReadFiled(filed, sealedParts.Open(head, filed));
        if (await decisionRead is not { } row)
        {
            return new(appeal, AppealState.Open, null, null);
        }

        var decided = await ledger.ReadEntryAsync(appeal.Person, row.By, cancellation) ?? throw new StreamFrozenException(appeal.Person, $"a settlement names entry {row.By}, which is not there");
        var (_, upheld) = AppealEntries.ReadDecided(decided);
        return new(appeal, upheld ? AppealState.Upheld : AppealState.Rejected, decided.Time, AppealEntries.ReadWords(sealedParts.Open(head, decided)));
    }
}
