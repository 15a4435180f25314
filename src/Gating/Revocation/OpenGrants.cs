using System.Collections.Immutable;
using Gating.Admission;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.StatusLists;

namespace Gating.Revocation;

/// <summary>Grants that were open when somebody was stopped, the youngest first.</summary>
/// <param name="Next">Seq before which the next page begins; null where there is none. A page may be empty and have one.</param>
public sealed record OpenGrantPage(ImmutableArray<GrantTerms> Grants, long? Next);

/// <summary>
/// What a stop reaches: each grant that stands before it in the person's ledger, or was given before it began, had not expired and was not settled by then. Nothing can be missing: whatever was granted has an entry before the
/// stop's, or of an earlier time than it begins at, and the oldest grant that can be open is <see cref="Tool.LongestGrant"/> old. By range queries in the person's partition, and a point read for each grant.
/// </summary>
public sealed class OpenGrants(ILedgerStore ledger, TimeProvider time)
{
    /// <summary>Of one page.</summary>
    public const int MostGrants = 100;

    /// <summary>Entries that are read for one page at most.</summary>
    private const int MostEntries = 2000;

    /// <param name="place">Seq of the stop.</param>
    /// <param name="before">Where the page before it ended; null: the first.</param>
    public async Task<OpenGrantPage> ReadAsync(StreamId person, long place, long? before, CancellationToken cancellation)
    {
        if (await ledger.ReadEntryAsync(person, place, cancellation) is not { Kind: EntryKind.StatusChanged } stop || StopEntries.Since(stop) is not { } stopped)
        {
            throw new StreamFrozenException(person, $"a revocation names entry {place}, which stops nobody");
        }

        // One that begins later than its entry reaches what was given in between.
        var isTimed = stopped > stop.Time;
        var end = isTimed && await ledger.ReadHeadAsync(person, cancellation) is { Head.Seq: var last } ? last + 1 : place;
        var (open, seen) = (ImmutableArray.CreateBuilder<GrantTerms>(), 0L);
        await foreach (var entry in EntriesBack.ReadAsync(ledger, person, Math.Min(before ?? end, end) - 1, MostEntries, cancellation))
        {
            if (entry.Time + Tool.LongestGrant <= stopped)
            {
                // Whatever stands before it is older still.
                return new(open.DrainToImmutable(), null);
            }

            seen = entry.Seq;
            if (entry.Kind is EntryKind.Granted && (!isTimed || entry.Time < stopped) && AdmissionEntries.ReadGranted(entry).Terms is var terms && terms.ExpiresAt > stopped
                && !await WasSettledAsync(person, entry.Seq, isTimed ? stopped : null, place, cancellation))
            {
                open.Add(terms);
                if (open.Count == MostGrants)
                {
                    break;
                }
            }
        }

        return new(open.DrainToImmutable(), EntriesBack.Before(seen));
    }

    /// <summary>Where the status is published of every grant that stands before that entry and could be used now without a stop, redeemed or not.</summary>
    /// <param name="before">Seq of the stop, or <see cref="BegunStop.Before"/>.</param>
    internal async Task<IReadOnlyList<StatusPlace>> PlacesAsync(StreamId person, long before, CancellationToken cancellation)
    {
        var (places, now) = (new List<StatusPlace>(), time.GetUtcNow());
        await foreach (var entry in EntriesBack.ReadAsync(ledger, person, before - 1, int.MaxValue, cancellation))
        {
            if (entry.Time + Tool.LongestGrant <= now)
            {
                break;
            }

            if (entry.Kind is EntryKind.Granted && AdmissionEntries.ReadGranted(entry).Terms is { Status: { } status } terms && terms.ExpiresAt > now)
            {
                places.Add(status);
            }
        }

        return places;
    }

    private async Task<bool> WasSettledAsync(StreamId person, long seq, DateTimeOffset? stopped, long place, CancellationToken cancellation) =>
        await ledger.ReadSettlementAsync(person, seq, cancellation) is { } row
        && (stopped is null ? row.By < place : await ledger.ReadEntryAsync(person, row.By, cancellation) is { Time: var settled } && settled < stopped);
}
