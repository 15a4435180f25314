using System.Runtime.CompilerServices;
using Gating.Log.Sealing;

namespace Gating.Timelines;

/// <summary>A span of time: its beginning included, its end not.</summary>
public readonly record struct TimelineRange(DateTimeOffset From, DateTimeOffset To);

/// <summary>Part of a timeline.</summary>
/// <param name="Next">Where it goes on; null where it does not.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineItem> Items, TimelinePosition? Next);

/// <summary>
/// Reads timelines in the order of time, stream and seq, merged over hours and shards. Only hours that are listed are looked at: a year in which nothing happened costs a query a month. What was there
/// when paging began and lies after the position comes exactly once, whatever is written meanwhile; what is written since may come or not. Holds at most <see cref="MostHeld"/> items of each
/// of the sixteen shards or fewer that it reads at once.
/// </summary>
public sealed class TimelineReader(ITimelineStore store)
{
    /// <summary>Items of one page at most.</summary>
    public const int MaxPage = 1000;

    /// <summary>Items of one shard that are read at once, at most.</summary>
    public const int MostHeld = 500;

    /// <summary>Longest span of one question.</summary>
    public static readonly TimeSpan MaxRange = TimeSpan.FromDays(3660);

    private const int LeastHeld = 16;

    /// <summary>The items of a span that come after <paramref name="after"/>. Throws <see cref="StorageUnavailableException"/>; the same position goes on.</summary>
    /// <param name="after">As a former page of the same question gave it; null: from the beginning.</param>
    /// <param name="most">1 to <see cref="MaxPage"/>.</param>
    public async Task<TimelinePage> ReadAsync(Timeline timeline, TimelineRange range, TimelinePosition? after, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MaxPage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.To - range.From, MaxRange, nameof(range));
        var items = new List<TimelineItem>(most);
        await foreach (var item in ItemsAsync(timeline, range, after, most, cancellation))
        {
            items.Add(item);
            if (items.Count == most)
            {
                return new(items, item.Position);
            }
        }

        return new(items, null);
    }

    /// <summary>All items of a span.</summary>
    public IAsyncEnumerable<TimelineItem> ReadAllAsync(Timeline timeline, TimelineRange range, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.To - range.From, MaxRange, nameof(range));
        return ItemsAsync(timeline, range, null, int.MaxValue, cancellation);
    }

    /// <summary>All items of one hour.</summary>
    public IAsyncEnumerable<TimelineItem> ReadHourAsync(Timeline timeline, UtcHour hour, CancellationToken cancellation) =>
        ReadAllAsync(timeline, new(hour.Start, hour.End), cancellation);

    /// <summary>The entries of the operator's ledger that close hours which lie in the span whole, in the order of their seqs. An hour that nothing was recorded in, or that is not closed yet, has none.</summary>
    public async Task<IReadOnlyList<LeafPlace>> ReadClosedAsync(Timeline timeline, TimelineRange range, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.To - range.From, MaxRange, nameof(range));
        var places = new List<LeafPlace>();
        var (from, before) = (UtcHour.Of(range.From), UtcHour.Of(range.To));
        await foreach (var hour in store.ReadHoursAsync(timeline, from.Start < range.From ? from.Next : from, before, cancellation))
        {
            if (await store.ReadClosedAsync(timeline, hour.Hour, cancellation) is { } place)
            {
                places.Add(place);
            }
        }

        return [.. places.OrderBy(static place => place.Seq)];
    }

    private async IAsyncEnumerable<TimelineItem> ItemsAsync(
        Timeline timeline, TimelineRange range, TimelinePosition? after, int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var start = TimelinePosition.Before(range.From);
        start = after is { } later && TimelinePosition.Order.Compare(later, start) > 0 ? later : start;
        if (start.Time >= range.To)
        {
            yield break;
        }

        var shards = new List<TimelineShard>(TimelineShard.Count);
        await foreach (var hour in store.ReadHoursAsync(timeline, UtcHour.Of(start.Time), UtcHour.Of(range.To.AddTicks(-1)).Next, cancellation))
        {
            TimelineShard[] listed = [.. hour.Listed.Select(shard => new TimelineShard(timeline, hour.Hour, shard))];
            if (shards.Count + listed.Length > TimelineShard.Count)
            {
                await foreach (var item in MergeAsync(shards, start, range.To, most, cancellation))
                {
                    yield return item;
                }

                shards.Clear();
            }

            // Hours with few shards are read together: a timeline with an entry an hour does not wait for each hour in turn.
            shards.AddRange(listed);
        }

        await foreach (var item in MergeAsync(shards, start, range.To, most, cancellation))
        {
            yield return item;
        }
    }

    private async IAsyncEnumerable<TimelineItem> MergeAsync(
        List<TimelineShard> shards, TimelinePosition after, DateTimeOffset before, int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (shards.Count == 0)
        {
            yield break;
        }

        // Twice a shard's share of the page: mostly one query is enough.
        var held = Math.Clamp(2L * most / shards.Count, LeastHeld, MostHeld);
        ShardFeed[] feeds = [.. shards.Select(shard => new ShardFeed(store, shard, after, (int)held))];
        var first = await Task.WhenAll(feeds.Select(feed => feed.MoveAsync(cancellation).AsTask()));
        var next = new PriorityQueue<ShardFeed, TimelinePosition>(TimelinePosition.Order);
        next.EnqueueRange(feeds.Where((_, i) => first[i]).Select(static feed => (feed, feed.Current.Position)));
        while (next.TryDequeue(out var feed, out _) && feed.Current.Time < before)
        {
            yield return feed.Current;
            if (await feed.MoveAsync(cancellation))
            {
                next.Enqueue(feed, feed.Current.Position);
            }
        }
    }

    /// <summary>One shard's items, a few at a time. Not safe for concurrent use.</summary>
    private sealed class ShardFeed(ITimelineStore store, TimelineShard shard, TimelinePosition after, int most)
    {
        private IReadOnlyList<TimelineItem> _items = [];
        private int _at = -1;
        private bool _isLast;

        public TimelineItem Current => _items[_at];

        /// <summary>False after the last.</summary>
        public async ValueTask<bool> MoveAsync(CancellationToken cancellation)
        {
            if (++_at < _items.Count)
            {
                return true;
            }

            if (_isLast)
            {
                return false;
            }

            _items = await store.ReadAsync(shard, _items is [.., var last] ? last.Position : after, most, cancellation);
            (_at, _isLast) = (0, _items.Count < most);
            return _items.Count > 0;
        }
    }
}
