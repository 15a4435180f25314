using System.Globalization;
using Azure;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;

namespace Gating.Azure.Log;

/// <summary>Leaf rows in one table, a partition for each stream; pending pointers in another, in 16 shards.</summary>
public sealed class TableLeafStore : ILeafStore
{
    /// <summary>Looks at what is there before contention is called an outage.</summary>
    private const int MaxTries = 5;

    private readonly TableClient _leaves;
    private readonly TableClient _adds;
    private readonly TableClient _pending;
    private readonly Setup _setup;

    /// <param name="leaves">May retry.</param>
    /// <param name="adds">Must not retry: an insertion that is refused then was refused because of a row that was there before it.</param>
    /// <param name="pending">May retry.</param>
    internal TableLeafStore(TableClient leaves, TableClient adds, TableClient pending)
    {
        (_leaves, _adds, _pending) = (leaves, adds, pending);
        _setup = new(cancellation => Task.WhenAll(leaves.CreateIfNotExistsAsync(cancellation), pending.CreateIfNotExistsAsync(cancellation)));
    }

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<IReadOnlyList<LeafRow>> AddAsync(StreamId stream, IReadOnlyList<NewLeaf> leaves, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var rows = new Dictionary<long, LeafRow>();
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var missing = leaves.Where(leaf => !rows.ContainsKey(leaf.Seq)).ToList();
            if (missing.Count == 0 || await TryInsertAsync(stream, missing, cancellation))
            {
                missing.ForEach(leaf => rows[leaf.Seq] = new(stream, leaf.Seq, leaf.Entry, leaf.Previous, null));
                return [.. leaves.Select(leaf => rows[leaf.Seq])];
            }

            rows = (await ReadAsync(stream, leaves[0].Seq, leaves[^1].Seq, cancellation)).ToDictionary(static row => row.Seq);
        }

        throw new StorageUnavailableException("Leaf rows appeared during each try to add them.");
    }

    public async Task<IReadOnlyList<LeafRow>> ReadAsync(StreamId stream, long from, long to, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var rows = new List<LeafRow>();
        if (from > to)
        {
            return rows;
        }

        var query = new TableQuery(TableKeys.Partition(stream))
            .RowKey(TableComparison.GreaterThanOrEqual, TableKeys.Leaf(Math.Max(from, 0)))
            .RowKey(TableComparison.LessThanOrEqual, TableKeys.Leaf(Math.Min(to, TableKeys.MaxSeq)));
        await foreach (var row in _leaves.QueryAsync(query, cancellation))
        {
            rows.Add(LeafRows.Read(stream, row));
        }

        return rows;
    }

    public async Task SetIndexesAsync(StreamId stream, IReadOnlyList<LeafIndex> indexes, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var transaction = new TableTransaction(TableKeys.Partition(stream));
        foreach (var index in indexes)
        {
            // Unconditional: there is one state that fixes this leaf's index, and whoever repeats it says the same.
            transaction.Merge(LeafRows.OfIndex(stream, index), ETag.All);
        }

        if (await _leaves.SubmitTransactionAsync(transaction, cancellation) is TableOutcome.Refused refused)
        {
            throw new LogFrozenException($"leaf {indexes[refused.Operation].Seq} of stream {stream} is in the log and its row is gone");
        }
    }

    public async Task AddPendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await Task.WhenAll(Batches(places).Select(batch =>
        {
            var transaction = new TableTransaction(batch.Partition);
            foreach (var row in batch.Rows)
            {
                // A pointer says nothing but its key: written again it is the same.
                transaction.Upsert(StoredRow.New(batch.Partition, row));
            }

            return _pending.SubmitTransactionAsync(transaction, cancellation);
        }));
    }

    public async Task<IReadOnlyList<LeafPlace>> ReadPendingAsync(int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var shards = await Task.WhenAll(Enumerable.Range(0, TableKeys.PendingShards).Select(shard => ReadShardAsync(shard, most, cancellation)));
        return [.. shards.SelectMany(static places => places).Take(most)];
    }

    public async Task DeletePendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await Task.WhenAll(Batches(places).Select(batch => DeleteAsync(batch.Partition, batch.Rows, cancellation)));
    }

    public async Task FreezeAsync(StreamId stream, string why, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);

        // Refused where there is a reason already, which stays; without a retry, a refusal is never about our own try.
        await _adds.InsertAsync(LeafRows.OfFrozen(stream, why), cancellation);
    }

    public async Task<string?> ReadFrozenAsync(StreamId stream, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _leaves.GetAsync(TableKeys.Partition(stream), TableKeys.Frozen, cancellation) is { } row ? LeafRows.ReadFrozen(row) : null;
    }

    private static IEnumerable<(string Partition, string[] Rows)> Batches(IEnumerable<LeafPlace> places) =>
        places.Distinct().GroupBy(static place => TableKeys.Shard(place.Stream), TableKeys.Pending)
            .SelectMany(static shard => shard.Order(StringComparer.Ordinal).Chunk(ILeafStore.MaxRows).Select(rows => (TableKeys.PendingPartition(shard.Key), rows)));

    private static LeafPlace PlaceOf(TableEntity row)
    {
        StoredRow.Known(row, "pending pointer");
        var parts = row.RowKey.Split(';');
        return parts is [var stream, var seq] && StreamId.TryParse(stream, out var id)
            ? new(id, long.Parse(seq, NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new FormatException("A pending pointer names no leaf.");
    }

    private async Task<bool> TryInsertAsync(StreamId stream, List<NewLeaf> leaves, CancellationToken cancellation)
    {
        var transaction = new TableTransaction(TableKeys.Partition(stream));
        leaves.ForEach(leaf => transaction.Insert(LeafRows.Of(stream, leaf)));
        return await _adds.SubmitTransactionAsync(transaction, cancellation) is TableOutcome.Done;
    }

    private async Task<List<LeafPlace>> ReadShardAsync(int shard, int most, CancellationToken cancellation)
    {
        var places = new List<LeafPlace>();
        await foreach (var row in _pending.QueryAsync(new TableQuery(TableKeys.PendingPartition(shard)) { PageSize = most }, cancellation))
        {
            places.Add(PlaceOf(row));
            if (places.Count == most)
            {
                break;
            }
        }

        return places;
    }

    /// <summary>One row that is gone refuses the whole transaction: then only what is there is deleted.</summary>
    private async Task DeleteAsync(string partition, string[] rows, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries && rows.Length > 0; tries++)
        {
            var transaction = new TableTransaction(partition);
            Array.ForEach(rows, row => transaction.Delete(row, ETag.All));
            if (await _pending.SubmitTransactionAsync(transaction, cancellation) is TableOutcome.Done)
            {
                return;
            }

            var there = new HashSet<string>(StringComparer.Ordinal);
            var query = new TableQuery(partition).RowKey(TableComparison.GreaterThanOrEqual, rows[0]).RowKey(TableComparison.LessThanOrEqual, rows[^1]);
            await foreach (var row in _pending.QueryAsync(query, cancellation))
            {
                there.Add(row.RowKey);
            }

            rows = Array.FindAll(rows, there.Contains);
        }

        if (rows.Length > 0)
        {
            throw new StorageUnavailableException("Pending pointers disappeared during each try to delete them.");
        }
    }
}
