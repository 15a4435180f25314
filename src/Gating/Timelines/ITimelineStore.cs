using Gating.Log.Sealing;

namespace Gating.Timelines;

/// <summary>
/// Rows of timelines, the hours that have any, the lists of hours to close, and which entry closed an hour last. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know
/// the answer, and be safe to repeat; where one throws, some of what it was asked for may be there. Reads MUST see every write that was answered before they began, and MUST NOT look outside the
/// partitions that their arguments name. Safe for concurrent use by any number of instances.
/// </summary>
public interface ITimelineStore
{
    /// <summary>Lists shards of hours as those that may have rows; one that is listed stays so.</summary>
    Task ListAsync(IReadOnlyCollection<TimelineShard> shards, CancellationToken cancellation);

    /// <summary>Adds those rows that are not there; never changes one that is. The caller has listed their shards.</summary>
    /// <param name="rows">Of any timelines, none twice.</param>
    Task AddAsync(IReadOnlyCollection<TimelineRow> rows, CancellationToken cancellation);

    /// <summary>Hours of a timeline that are listed, from <paramref name="from"/> on and before <paramref name="before"/>, in order. Costs what it spans in months.</summary>
    IAsyncEnumerable<TimelineHour> ReadHoursAsync(Timeline timeline, UtcHour from, UtcHour before, CancellationToken cancellation);

    /// <summary>Items of one shard after a position, in order: <paramref name="most"/> of them, and fewer only where no more are there now.</summary>
    Task<IReadOnlyList<TimelineItem>> ReadAsync(TimelineShard shard, TimelinePosition after, int most, CancellationToken cancellation);

    /// <summary>Puts hours on the lists of those to close; one that is on its list stays there.</summary>
    Task AnnounceAsync(IReadOnlyCollection<HourWork> works, CancellationToken cancellation);

    /// <summary>
    /// What is on the lists of the hours from <paramref name="from"/> on and before <paramref name="before"/>: list by list, within a list in an order of the store's own, those after
    /// <paramref name="after"/> where it is given.
    /// </summary>
    IAsyncEnumerable<HourWork> ReadWorkAsync(UtcHour from, UtcHour before, HourWork? after, CancellationToken cancellation);

    /// <summary>The place of the entry that closed an hour last; null where it is not known that one did.</summary>
    Task<LeafPlace?> ReadClosedAsync(Timeline timeline, UtcHour hour, CancellationToken cancellation);

    /// <summary>Notes which entry closed an hour. MUST only move to a later seq: whoever comes late with an earlier one changes nothing.</summary>
    Task SetClosedAsync(Timeline timeline, UtcHour hour, LeafPlace place, CancellationToken cancellation);
}
