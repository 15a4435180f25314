using System.Runtime.CompilerServices;
using Gating.Log.Sealing;
using Gating.Timelines;

namespace Gating.Testing.Storage;

/// <summary>
/// The port of timelines in memory. It also checks what no real store checks: that a row's shard is listed and its hour is on a list before it comes.
/// </summary>
public sealed class InMemoryTimelineStore(Faults? faults = null) : ITimelineStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TimelineShard, SortedDictionary<TimelinePosition, TimelineItem>> _shards = [];
    private readonly SortedDictionary<string, HourWork> _work = new(StringComparer.Ordinal);
    private readonly Dictionary<(Timeline Timeline, UtcHour Hour), LeafPlace> _closed = [];

    public Faults Faults { get; } = faults ?? new();

    /// <summary>The most items that one read asked for.</summary>
    public int MostAsked { get; private set; }

    /// <summary>Everything that is on a list.</summary>
    public IReadOnlyList<HourWork> Work
    {
        get
        {
            lock (_lock)
            {
                return [.. _work.Values];
            }
        }
    }

    /// <summary>All rows, by their timelines and in order.</summary>
    public IReadOnlyList<TimelineRow> Rows
    {
        get
        {
            lock (_lock)
            {
                return [.. _shards.SelectMany(static shard => shard.Value.Values.Select(item => new TimelineRow(shard.Key.Timeline, item))).OrderBy(static row => row.Item.Position, TimelinePosition.Order)];
            }
        }
    }

    public Task ListAsync(IReadOnlyCollection<TimelineShard> shards, CancellationToken cancellation) =>
        RunAsync(StoreCall.ListHours, () => shards.Count(shard => _shards.TryAdd(shard, new(TimelinePosition.Order))), cancellation);

    public Task AddAsync(IReadOnlyCollection<TimelineRow> rows, CancellationToken cancellation) => RunAsync(StoreCall.AddTimelines, () =>
    {
        foreach (var row in rows)
        {
            var shard = _shards.GetValueOrDefault(row.Shard) ?? throw Faults.Violation($"A row of {row.Timeline} in a shard that is not listed.");
            if (row.Timeline.IsClosed && !_work.Values.Any(work => work.Timeline == row.Timeline && work.Hour == row.Shard.Hour))
            {
                throw Faults.Violation($"A row of {row.Timeline} whose hour is on no list.");
            }

            shard.TryAdd(row.Item.Position, row.Item);
        }

        return rows.Count;
    }, cancellation);

    public async IAsyncEnumerable<TimelineHour> ReadHoursAsync(Timeline timeline, UtcHour from, UtcHour before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var hours = await RunAsync(StoreCall.ReadHours, () => _shards.Keys
            .Where(shard => shard.Timeline == timeline && shard.Hour.Number >= from.Number && shard.Hour.Number < before.Number)
            .GroupBy(static shard => shard.Hour)
            .Select(static hour => new TimelineHour(hour.Key, hour.Sum(static shard => 1 << shard.Shard)))
            .OrderBy(static hour => hour.Hour.Number).ToList(), cancellation);
        foreach (var hour in hours)
        {
            yield return hour;
        }
    }

    public Task<IReadOnlyList<TimelineItem>> ReadAsync(TimelineShard shard, TimelinePosition after, int most, CancellationToken cancellation) => RunAsync<IReadOnlyList<TimelineItem>>(StoreCall.ReadTimelines, () =>
    {
        MostAsked = Math.Max(MostAsked, most);
        return _shards.TryGetValue(shard, out var items) ? [.. items.Where(item => TimelinePosition.Order.Compare(item.Key, after) > 0).Take(most).Select(static item => item.Value)] : [];
    }, cancellation);

    public Task AnnounceAsync(IReadOnlyCollection<HourWork> works, CancellationToken cancellation) =>
        RunAsync(StoreCall.AnnounceHours, () => works.Count(work => _work.TryAdd(work.ToString(), work)), cancellation);

    public async IAsyncEnumerable<HourWork> ReadWorkAsync(UtcHour from, UtcHour before, HourWork? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var works = await RunAsync(StoreCall.ReadWork, () => _work
            .Where(work => work.Value.Indexed.Number >= from.Number && work.Value.Indexed.Number < before.Number && (after is null || string.CompareOrdinal(work.Key, after.Value.ToString()) > 0))
            .Select(static work => work.Value).ToList(), cancellation);
        foreach (var work in works)
        {
            yield return work;
        }
    }

    public Task<LeafPlace?> ReadClosedAsync(Timeline timeline, UtcHour hour, CancellationToken cancellation) =>
        RunAsync(StoreCall.ReadClosed, () => _closed.TryGetValue((timeline, hour), out var place) ? place : (LeafPlace?)null, cancellation);

    public Task SetClosedAsync(Timeline timeline, UtcHour hour, LeafPlace place, CancellationToken cancellation) => RunAsync(StoreCall.SetClosed, () =>
    {
        if (!_closed.TryGetValue((timeline, hour), out var standing) || standing.Seq < place.Seq)
        {
            _closed[(timeline, hour)] = place;
        }

        return 0;
    }, cancellation);

    /// <summary>Loses a row past the store's own rules.</summary>
    public void Lose(TimelineRow row)
    {
        lock (_lock)
        {
            _shards[row.Shard].Remove(row.Item.Position);
        }
    }

    private Task<T> RunAsync<T>(StoreCall call, Func<T> effect, CancellationToken cancellation) => Faults.RunAsync(call, () =>
    {
        lock (_lock)
        {
            return effect();
        }
    }, cancellation);
}
