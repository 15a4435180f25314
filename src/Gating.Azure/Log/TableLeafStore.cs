using Azure;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;

namespace Gating.Azure.Log;

/// <summary>Leaf rows in one table, pending pointers in another, each in 16 partitions by the stream's first bits.</summary>
public sealed class TableLeafStore : ILeafStore
{
    /// <summary>Looks at what is there before contention is called an outage.</summary>
    private const int MaxTries = 5;

    /// <summary>Rows that are read one by one, beside each other, and not by a query: what comes before a leaf and the leaf itself, in most seals.</summary>
    private const int FewRows = 4;

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

    public async Task<IReadOnlyList<LeafRow>> AddAsync(IReadOnlyList<NewLeaf> leaves, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var rows = await Task.WhenAll(Batches(leaves, static leaf => new(leaf.Stream, leaf.Seq)).Select(batch => AddBatchAsync(batch, cancellation)));
        var added = rows.SelectMany(static batch => batch).ToDictionary(static row => new LeafPlace(row.Stream, row.Seq));
        return [.. leaves.Select(leaf => added[new(leaf.Stream, leaf.Seq)])];
    }

    public async Task<IReadOnlyList<LeafRow>> ReadAsync(StreamId stream, long from, long to, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        (from, to) = (Math.Max(from, 0), Math.Min(to, TableKeys.MaxSeq));
        if (to - from < FewRows)
        {
            var found = await Task.WhenAll(Places(stream, from, to).Select(place => _leaves.GetAsync(TableKeys.LeafPartition(stream), TableKeys.Leaf(place), cancellation)));
            return [.. found.OfType<TableEntity>().Select(LeafRows.Read)];
        }

        var rows = new List<LeafRow>();
        var query = new TableQuery(TableKeys.LeafPartition(stream))
            .RowKey(TableComparison.GreaterThanOrEqual, TableKeys.Leaf(new(stream, from)))
            .RowKey(TableComparison.LessThanOrEqual, TableKeys.Leaf(new(stream, to)));
        await foreach (var row in _leaves.QueryAsync(query, cancellation))
        {
            rows.Add(LeafRows.Read(row));
        }

        return rows;
    }

    public async Task SetIndexesAsync(IReadOnlyList<LeafIndex> indexes, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await Task.WhenAll(Batches(indexes, static index => new(index.Stream, index.Seq)).Select(async batch =>
        {
            var transaction = new TableTransaction(TableKeys.LeafPartition(batch[0].Stream));
            foreach (var index in batch)
            {
                // Unconditional: there is one state that fixes this leaf's index, and whoever repeats it says the same.
                transaction.Merge(LeafRows.OfIndex(index), ETag.All);
            }

            if (await _leaves.SubmitTransactionAsync(transaction, cancellation) is TableOutcome.Refused refused)
            {
                throw new LogFrozenException($"leaf {batch[refused.Operation].Seq} of stream {batch[refused.Operation].Stream} is in the log and its row is gone");
            }
        }));
    }

    public async Task AddPendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await Task.WhenAll(Batches(places.Distinct(), static place => place).Select(batch =>
        {
            var transaction = new TableTransaction(TableKeys.LeafPartition(batch[0].Stream));

            // A pointer says nothing but its key: written again it is the same.
            Array.ForEach(batch, place => transaction.Upsert(LeafRows.OfPending(place)));
            return _pending.SubmitTransactionAsync(transaction, cancellation);
        }));
    }

    public async Task<IReadOnlyList<LeafPlace>> ReadPendingAsync(int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var shards = await Task.WhenAll(Enumerable.Range(0, TableKeys.LeafShards).Select(shard => ReadShardAsync(shard, most, cancellation)));
        return [.. shards.SelectMany(static places => places).Take(most)];
    }

    public async Task DeletePendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await Task.WhenAll(Batches(places.Distinct(), static place => place)
            .Select(batch => DeleteAsync(TableKeys.LeafPartition(batch[0].Stream), [.. batch.Select(TableKeys.Leaf).Order(StringComparer.Ordinal)], cancellation)));
    }

    public async Task FreezeAsync(StreamId stream, string why, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);

        // A reason that is there stays.
        await _leaves.EnsureAsync(LeafRows.OfFrozen(stream, why), cancellation);
    }

    public async Task<string?> ReadFrozenAsync(StreamId stream, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _leaves.GetAsync(TableKeys.LeafPartition(stream), TableKeys.Frozen(stream), cancellation) is { } row ? LeafRows.ReadFrozen(row) : null;
    }

    private static IEnumerable<LeafPlace> Places(StreamId stream, long from, long to)
    {
        for (var seq = from; seq <= to; seq++)
        {
            yield return new(stream, seq);
        }
    }

    /// <summary>What goes into one transaction each: of one shard, at most a hundred.</summary>
    private static IEnumerable<T[]> Batches<T>(IEnumerable<T> items, Func<T, LeafPlace> place) =>
        items.GroupBy(item => TableKeys.LeafPartition(place(item).Stream), StringComparer.Ordinal).SelectMany(static shard => shard.Chunk(TableLimits.MaxOperations));

    /// <summary>One row that is there refuses the whole transaction: then what is there is read, and the rest added.</summary>
    private async Task<IEnumerable<LeafRow>> AddBatchAsync(NewLeaf[] leaves, CancellationToken cancellation)
    {
        var rows = new Dictionary<LeafPlace, LeafRow>();
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var missing = Array.FindAll(leaves, leaf => !rows.ContainsKey(new(leaf.Stream, leaf.Seq)));
            if (missing is [] || await TryInsertAsync(missing, cancellation))
            {
                Array.ForEach(missing, leaf => rows[new(leaf.Stream, leaf.Seq)] = new(leaf.Stream, leaf.Seq, leaf.Entry, leaf.Previous, null));
                return rows.Values;
            }

            var streams = leaves.GroupBy(static leaf => leaf.Stream, static leaf => leaf.Seq);
            var there = await Task.WhenAll(streams.Select(stream => ReadAsync(stream.Key, stream.Min(), stream.Max(), cancellation)));
            var asked = leaves.Select(static leaf => new LeafPlace(leaf.Stream, leaf.Seq)).ToHashSet();
            rows = there.SelectMany(static found => found).Select(static row => (Place: new LeafPlace(row.Stream, row.Seq), row)).Where(row => asked.Contains(row.Place)).ToDictionary(static row => row.Place, static row => row.row);
        }

        throw new StorageUnavailableException("Leaf rows appeared during each try to add them.");
    }

    private async Task<bool> TryInsertAsync(NewLeaf[] leaves, CancellationToken cancellation)
    {
        var transaction = new TableTransaction(TableKeys.LeafPartition(leaves[0].Stream));
        Array.ForEach(leaves, leaf => transaction.Insert(LeafRows.Of(leaf)));
        return await _adds.SubmitTransactionAsync(transaction, cancellation) is TableOutcome.Done;
    }

    private async Task<List<LeafPlace>> ReadShardAsync(int shard, int most, CancellationToken cancellation)
    {
        var places = new List<LeafPlace>();
        await foreach (var row in _pending.QueryAsync(new TableQuery(TableKeys.LeafPartition(shard)) { PageSize = most }, cancellation))
        {
            places.Add(LeafRows.ReadPlace(row));
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
