using System.Runtime.CompilerServices;
using Gating.Azure.Tables;
using Gating.Log.Sealing;
using Gating.Timelines;

namespace Gating.Azure.Timelines;

/// <summary>
/// Timelines in one table: a partition for each shard of an hour, one for each timeline and month that tells which shards of its hours have rows and which entries closed them, and one of the lists
/// of hours to close. Rows are insert-only; those that say nothing but their key are written again instead.
/// </summary>
public sealed class TableTimelineStore : ITimelineStore
{
    /// <summary>Looks at what is there before contention is called an outage.</summary>
    private const int MaxTries = 5;

    /// <summary>Transactions on their way at once.</summary>
    private const int AtOnce = 16;

    private readonly TableClient _table;
    private readonly TableClient _adds;
    private readonly Setup _setup;

    /// <param name="table">May retry.</param>
    /// <param name="adds">Must not retry: a write that is refused then was refused because of a row that was there before it.</param>
    internal TableTimelineStore(TableClient table, TableClient adds) => (_table, _adds, _setup) = (table, adds, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public Task ListAsync(IReadOnlyCollection<TimelineShard> shards, CancellationToken cancellation) => UpsertAsync(shards.Distinct().Select(TimelineRows.OfListed), cancellation);

    public async Task AddAsync(IReadOnlyCollection<TimelineRow> rows, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await EachBatchAsync(rows.Select(TimelineRows.Of), AddBatchAsync, cancellation);
    }

    public async IAsyncEnumerable<TimelineHour> ReadHoursAsync(Timeline timeline, UtcHour from, UtcHour before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        TimelineHour? open = null;
        for (var month = from; month.Number < before.Number; month = MonthAfter(month))
        {
            var query = new TableQuery(TimelineKeys.Month(timeline, month))
                .RowKey(TableComparison.GreaterThanOrEqual, TimelineKeys.Listed(from))
                .RowKey(TableComparison.LessThan, TimelineKeys.Listed(before));
            await foreach (var row in _table.QueryAsync(query, cancellation))
            {
                var shard = TimelineRows.ReadListed(timeline, row);
                if (open is { } hour && hour.Hour != shard.Hour)
                {
                    yield return hour;
                    open = null;
                }

                open = new(shard.Hour, (open?.Shards ?? 0) | (1 << shard.Shard));
            }
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    public async Task<IReadOnlyList<TimelineItem>> ReadAsync(TimelineShard shard, TimelinePosition after, int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var items = new List<TimelineItem>(Math.Min(most, TableLimits.MaxPageSize));
        if (after.Time >= shard.Hour.End)
        {
            return items;
        }

        var query = new TableQuery(TimelineKeys.Rows(shard)) { PageSize = most };
        if (after.Time >= shard.Hour.Start)
        {
            query.RowKey(TableComparison.GreaterThan, TimelineKeys.Row(after));
        }

        await foreach (var row in _table.QueryAsync(query, cancellation))
        {
            items.Add(TimelineRows.Read(shard.Hour, row));
            if (items.Count == most)
            {
                break;
            }
        }

        return items;
    }

    public Task AnnounceAsync(IReadOnlyCollection<HourWork> works, CancellationToken cancellation) => UpsertAsync(works.Distinct().Select(TimelineRows.OfWork), cancellation);

    public async IAsyncEnumerable<HourWork> ReadWorkAsync(UtcHour from, UtcHour before, HourWork? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var query = new TableQuery(TimelineKeys.Work).RowKey(TableComparison.GreaterThanOrEqual, TimelineKeys.WorkList(from)).RowKey(TableComparison.LessThan, TimelineKeys.WorkList(before));
        if (after is { } done)
        {
            query.RowKey(TableComparison.GreaterThan, TimelineKeys.WorkRow(done));
        }

        await foreach (var row in _table.QueryAsync(query, cancellation))
        {
            yield return TimelineRows.ReadWork(row);
        }
    }

    public async Task<LeafPlace?> ReadClosedAsync(Timeline timeline, UtcHour hour, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(TimelineKeys.Month(timeline, hour), TimelineKeys.Closed(hour), cancellation) is { } row ? TimelineRows.ReadClosed(row) : null;
    }

    public async Task SetClosedAsync(Timeline timeline, UtcHour hour, LeafPlace place, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var row = TimelineRows.OfClosed(timeline, hour, place);
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var stored = await _table.GetAsync(row.PartitionKey, row.RowKey, cancellation);
            if (stored is not null && TimelineRows.ReadClosed(stored).Seq >= place.Seq)
            {
                return;
            }

            var outcome = stored is null ? await _adds.InsertAsync(row, cancellation) : await _adds.ReplaceAsync(row, stored.ETag, cancellation);
            if (outcome is TableOutcome.Done)
            {
                return;
            }
        }

        throw new StorageUnavailableException("A closed hour's row was moved during each try to move it.");
    }

    private static UtcHour MonthAfter(UtcHour hour)
    {
        var start = hour.Start;
        return UtcHour.Of(new DateTimeOffset(start.Year, start.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1));
    }

    /// <summary>For rows that say nothing but their key: written again they are the same.</summary>
    private async Task UpsertAsync(IEnumerable<TableEntity> rows, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await EachBatchAsync(rows, (batch, cancel) =>
        {
            var transaction = new TableTransaction(batch[0].PartitionKey);
            Array.ForEach(batch, row => transaction.Upsert(row));
            return _table.SubmitTransactionAsync(transaction, cancel);
        }, cancellation);
    }

    /// <summary>What goes into one transaction each: of one partition, at most a hundred.</summary>
    private static Task EachBatchAsync(IEnumerable<TableEntity> rows, Func<TableEntity[], CancellationToken, Task> act, CancellationToken cancellation)
    {
        var batches = rows.GroupBy(static row => row.PartitionKey, StringComparer.Ordinal)
            .SelectMany(static partition => partition.OrderBy(static row => row.RowKey, StringComparer.Ordinal).Chunk(TableLimits.MaxOperations));
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        return Parallel.ForEachAsync(batches, options, async (batch, cancel) => await act(batch, cancel));
    }

    /// <summary>One row that is there refuses the whole transaction: then what is there is read, and the rest added.</summary>
    private async Task AddBatchAsync(TableEntity[] rows, CancellationToken cancellation)
    {
        if (rows is [var only])
        {
            // A row that is there says the same: it was written for this entry before.
            await _table.EnsureAsync(only, cancellation);
            return;
        }

        for (var tries = 0; tries < MaxTries && rows.Length > 0; tries++)
        {
            var transaction = new TableTransaction(rows[0].PartitionKey);
            Array.ForEach(rows, row => transaction.Insert(row));
            if (await _adds.SubmitTransactionAsync(transaction, cancellation) is TableOutcome.Done)
            {
                return;
            }

            var there = new HashSet<string>(StringComparer.Ordinal);
            var asked = rows.Select(static row => row.RowKey).ToHashSet(StringComparer.Ordinal);
            var query = new TableQuery(rows[0].PartitionKey).RowKey(TableComparison.GreaterThanOrEqual, rows[0].RowKey).RowKey(TableComparison.LessThanOrEqual, rows[^1].RowKey);
            await foreach (var row in _table.QueryAsync(query, cancellation))
            {
                if (asked.Contains(row.RowKey))
                {
                    there.Add(row.RowKey);
                }
            }

            rows = Array.FindAll(rows, row => !there.Contains(row.RowKey));
        }

        if (rows.Length > 0)
        {
            throw new StorageUnavailableException("Timeline rows appeared during each try to add them.");
        }
    }
}
