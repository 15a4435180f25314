using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Timelines;

/// <summary>
/// Timeline rows, made from entries when those are logged. In this order: the shard is listed, so that no row is missed by who goes by the list; its hour is put on the list of those to close that belongs to
/// the hour which is running now; the rows. A crash between leaves a listed hour without rows, which says nothing, and the message that refers to the entries comes again.
/// </summary>
/// <remarks>
/// A list is taken up <see cref="HourClosing.Wait"/> after its hour ended. Whoever wrote rows later than <see cref="Grace"/> after that end puts their hours on the running hour's list as well: each
/// row that a message was answered for was there when a list that names its hour was taken up.
/// </remarks>
public sealed class TimelineIndexing(ITimelineStore store, ClockCheck clock, TimeProvider time) : IEntryIndex
{
    /// <summary>How long after an hour ended its list still counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>Of each kind, twice over (<see cref="AgingCache{TKey, TValue}"/>): what is not remembered is written again.</summary>
    private const int Remembered = 16_384;

    private readonly AgingCache<TimelineShard, bool> _listed = new(Remembered);
    private readonly AgingCache<HourWork, bool> _announced = new(Remembered);

    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        TimelineRow[] rows = [.. entries.SelectMany(EntryTimelines.RowsOf).Distinct()];
        if (rows is [])
        {
            return;
        }

        await ListAsync(rows, cancellation);
        var indexed = await AnnounceAsync(rows, cancellation);
        await store.AddAsync(rows, cancellation);
        while (time.GetUtcNow() >= indexed.End + Grace)
        {
            indexed = await AnnounceAsync(rows, cancellation);
        }

        // By a clock that is far behind they would be on a list that was taken up before.
        if (!clock.IsAcceptable)
        {
            throw new StorageUnavailableException("Our clock is off storage's: on which list an hour belongs is not known.");
        }
    }

    private async Task ListAsync(TimelineRow[] rows, CancellationToken cancellation)
    {
        TimelineShard[] shards = [.. rows.Select(static row => row.Shard).Distinct().Where(shard => !_listed.TryGet(shard, out _))];
        if (shards is not [])
        {
            await store.ListAsync(shards, cancellation);
            Array.ForEach(shards, shard => _listed.Set(shard, true));
        }
    }

    /// <summary>Returns the hour to whose list they were put.</summary>
    private async Task<UtcHour> AnnounceAsync(TimelineRow[] rows, CancellationToken cancellation)
    {
        var running = UtcHour.Of(time.GetUtcNow());
        HourWork[] works =
        [
            .. rows.Where(static row => row.Timeline.IsClosed).Select(row => new HourWork(running, row.Timeline, UtcHour.Of(row.Item.Time))).Distinct().Where(work => !_announced.TryGet(work, out _)),
        ];
        if (works is not [])
        {
            await store.AnnounceAsync(works, cancellation);
            Array.ForEach(works, work => _announced.Set(work, true));
        }

        return running;
    }
}
