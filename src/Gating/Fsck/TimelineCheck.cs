using System.Globalization;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Timelines;

namespace Gating.Fsck;

/// <summary>
/// The table of timelines by itself: each row has its entry, which names that timeline; each hour that is closed has the rows that its entry says; each hour that has rows is closed when its time has
/// come. The ledger decides. An hour that is listed and has no rows, and a place on a list of hours to close, are lawful.
/// </summary>
internal sealed class TimelineCheck(FsckStores stores, TimeProvider time)
{
    /// <summary>From the end of an hour, or of the one in which its rows were indexed last, until it has its entry: two runs of the task may have failed.</summary>
    private static readonly TimeSpan Closed = HourClosing.Wait + TimeSpan.FromHours(3);

    /// <summary>Entries that are read at once for the rows of one partition.</summary>
    private const int AtOnce = 8;

    private readonly TimelineReader _reader = new(stores.Timelines);

    /// <summary>A partition of the table: what is wrong with its rows, and how many it has.</summary>
    public async Task<(List<FsckFinding> Findings, long Rows)> OfPartitionAsync(string partition, CancellationToken cancellation)
    {
        var (findings, rows, hours) = (new List<FsckFinding>(), 0L, new Dictionary<(Timeline Timeline, UtcHour Hour), LeafPlace?>());
        var unread = new HashSet<(Timeline Timeline, UtcHour Hour)>();
        await foreach (var some in stores.Walk.ReadPartitionAsync(StoredTable.Timelines, partition, cancellation).Chunk(AtOnce).WithCancellation(cancellation))
        {
            rows += some.Length;
            findings.AddRange((await Task.WhenAll(some.Select(row => OfRowAsync(row, cancellation)))).OfType<FsckFinding>());
            foreach (var row in some)
            {
                switch (row)
                {
                    case WalkedRow.OfListedHour { Shard: var shard }:
                        hours.TryAdd((shard.Timeline, shard.Hour), null);
                        break;
                    case WalkedRow.OfHourEntry hour:
                        hours[(hour.Timeline, hour.Hour)] = hour.Place;
                        break;
                    case WalkedRow.Unreadable { Thing: StoredThing.HourEntryRow hour }:
                        unread.Add((hour.Timeline, hour.Hour));
                        break;
                    default:
                        break;
                }
            }
        }

        foreach (var ((timeline, hour), place) in hours.Where(hour => !unread.Contains(hour.Key)))
        {
            if (await OfHourAsync(timeline, hour, place, cancellation) is { } finding)
            {
                findings.Add(finding);
            }
        }

        return (findings, rows);
    }

    private async Task<FsckFinding?> OfRowAsync(WalkedRow row, CancellationToken cancellation)
    {
        if (row is WalkedRow.Unreadable unreadable)
        {
            return new FsckFinding.Wrong(unreadable.Thing, FsckFault.Unreadable, "a row of a timeline", unreadable.Why);
        }

        if (row is not WalkedRow.OfTimelineRow { Row: var found })
        {
            return null;
        }

        var thing = new StoredThing.TimelineRow(found.Timeline, found.Item.Position);
        var (isJudged, entry) = await Vouched.ReadAsync(stores.Log, found.Item.Stream, found.Item.Seq, cancellation);
        return !isJudged ? new FsckFinding.Unjudged(thing, "no entry can vouch for it")
            : entry is null || !EntryTimelines.Of(entry).Contains(found.Timeline) || entry.Time != found.Item.Time
                ? new FsckFinding.Wrong(thing, FsckFault.Stray, "an entry of that time on that timeline", $"entry {found.Item.Seq} of stream {found.Item.Stream}")
            : TimelineItem.Of(entry) != found.Item ? new FsckFinding.Wrong(thing, FsckFault.Differs, $"{entry.Kind}, {entry.Hash}", $"{found.Item.Kind}, {found.Item.Entry}")
            : null;
    }

    /// <summary>It is closed while it is read: what looks wrong is looked at again with the row as it is then.</summary>
    private async Task<FsckFinding?> OfHourAsync(Timeline timeline, UtcHour hour, LeafPlace? place, CancellationToken cancellation)
    {
        var finding = await LookAsync(timeline, hour, place, cancellation);
        if (finding is not FsckFinding.Wrong)
        {
            return finding;
        }

        try
        {
            var again = await LookAsync(timeline, hour, await stores.Timelines.ReadClosedAsync(timeline, hour, cancellation), cancellation);
            return again == finding || again is FsckFinding.Unjudged ? again : null;
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            return null;
        }
    }

    private async Task<FsckFinding?> LookAsync(Timeline timeline, UtcHour hour, LeafPlace? place, CancellationToken cancellation)
    {
        if (place is null)
        {
            return await OfOpenHourAsync(timeline, hour, cancellation);
        }

        var thing = new StoredThing.HourEntryRow(timeline, hour);
        var (isJudged, entry) = await Vouched.ReadAsync(stores.Log, place.Value.Stream, place.Value.Seq, cancellation);
        ClosedHour? closed;
        try
        {
            closed = entry is null ? null : ClosedHour.Read(entry);
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            (isJudged, closed) = (false, null);
        }

        if (!isJudged)
        {
            return new FsckFinding.Unjudged(thing, $"entry {place.Value.Seq} of stream {place.Value.Stream} cannot vouch for it");
        }

        if (closed is null || (closed.Timeline, closed.Hour) != (timeline, hour))
        {
            return new FsckFinding.Wrong(thing, FsckFault.Differs, "the place of the entry that closed the hour last", string.Create(CultureInfo.InvariantCulture, $"entry {place.Value.Seq} of stream {place.Value.Stream}"));
        }

        HourDigest digest;
        try
        {
            digest = await HourDigest.OfAsync(_reader.ReadHourAsync(timeline, hour, cancellation), cancellation);
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            return new FsckFinding.Unjudged(thing, "a row of the hour cannot be read");
        }

        // Rows that came after it was closed are on a list that is not taken up yet.
        return digest == closed.Digest ? null
            : digest.Count > closed.Digest.Count && await IndexedLastAsync(timeline, hour, UtcHour.Of(entry!.Time), cancellation) is not null
                ? new FsckFinding.Unjudged(thing, "rows came after the hour was closed last: it is closed anew")
            : new FsckFinding.Wrong(thing, FsckFault.Differs, closed.Digest.ToString(), digest.ToString());
    }

    /// <summary>One that no row says to be closed.</summary>
    private async Task<FsckFinding?> OfOpenHourAsync(Timeline timeline, UtcHour hour, CancellationToken cancellation)
    {
        var due = time.GetUtcNow() - Closed;
        if (!timeline.IsClosed || hour.End > due)
        {
            return null;
        }

        try
        {
            await using var items = _reader.ReadHourAsync(timeline, hour, cancellation).GetAsyncEnumerator(cancellation);
            if (!await items.MoveNextAsync() || (await IndexedLastAsync(timeline, hour, hour, cancellation))?.End > due)
            {
                return null;
            }
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            // Named itself, and no reason to be open.
        }

        return new FsckFinding.Wrong(new StoredThing.HourEntryRow(timeline, hour), FsckFault.Missing, "an entry that closed the hour", "nothing");
    }

    /// <summary>The last hour on whose list it is, from <paramref name="from"/> on; null where it is on none. Reads those lists whole, and is asked only where something looks wrong.</summary>
    private async Task<UtcHour?> IndexedLastAsync(Timeline timeline, UtcHour hour, UtcHour from, CancellationToken cancellation)
    {
        UtcHour? last = null;
        await foreach (var work in stores.Timelines.ReadWorkAsync(from, UtcHour.Of(time.GetUtcNow().AddDays(1)), null, cancellation))
        {
            last = (work.Timeline, work.Hour) == (timeline, hour) ? work.Indexed : last;
        }

        return last;
    }
}
