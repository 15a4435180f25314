using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Consents;

/// <summary>
/// Consents as the ledgers of the persons depicted have them, by three point reads for each, all at once: the entry, whether it was withdrawn, and whether the person is in good standing. Nothing is kept in memory, so that a withdrawal that
/// was answered before a read began is seen. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class RecordedConsents(ConsentHandles handles, ILedgerStore ledger, SealedReader sealedParts, TimeProvider time)
{
    /// <summary>In the order of the ids.</summary>
    public async Task<ImmutableArray<ConsentStanding>> ReadAsync(ImmutableArray<string> ids, CancellationToken cancellation) =>
        ids.IsEmpty ? [] : [.. await Task.WhenAll(ids.Select(id => ReadAsync(id, cancellation)))];

    public Task<ConsentStanding> ReadAsync(string id, CancellationToken cancellation) =>
        handles.TryOpen(id, out var place) ? ReadAsync(place.Person, place.Seq, cancellation) : Task.FromResult(ConsentStanding.Unknown);

    /// <summary>
    /// Whether all of them still hold. Asked after a commit and before anybody is told: what was committed before a withdrawal was may be used, and what was committed after it nobody gets, although the two stand in different ledgers.
    /// </summary>
    public async Task<bool> HoldAsync(ImmutableArray<string> ids, CancellationToken cancellation) =>
        ids.IsEmpty || (await ReadAsync(ids, cancellation)).All(standing => standing.HoldsAt(time.GetUtcNow()));

    private async Task<ConsentStanding> ReadAsync(StreamId person, long seq, CancellationToken cancellation)
    {
        var reads = (
            Head: ledger.ReadHeadAsync(person, cancellation),
            Entry: ledger.ReadEntryAsync(person, seq, cancellation),
            Withdrawal: ledger.ReadSettlementAsync(person, seq, cancellation));
        await Task.WhenAll(reads.Head, reads.Entry, reads.Withdrawal);
        if (await reads.Head is not { Head: var head } || await reads.Entry is not { Kind: EntryKind.Consented } entry)
        {
            return ConsentStanding.Unknown;
        }

        var consent = ConsentEntries.Read(entry, sealedParts.Open(head, entry));
        return new(consent, await reads.Withdrawal is not null ? ConsentState.Withdrawn
            : consent.Terms is null || head.StatusAt(time.GetUtcNow()) is not StreamStatus.Active ? ConsentState.Void
            : ConsentState.Given);
    }
}
