using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gating.Ledger;

namespace Gating.Testing.Storage;

/// <summary>
/// The ledger port in memory, held to the same contract suite as the real store. It also checks what no real store checks: that entries are
/// numbered without gaps, chained, dated in order, and never written twice.
/// </summary>
public sealed class InMemoryLedgerStore(Faults? faults = null) : ILedgerStore
{
    private readonly ConcurrentDictionary<StreamId, Partition> _partitions = new();
    private long _tokens;

    public Faults Faults { get; } = faults ?? new();

    /// <summary>Streams that have a head.</summary>
    public IReadOnlyCollection<StreamId> Streams => [.. _partitions.Where(p => p.Value.Head is not null).Select(p => p.Key)];

    public Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadHead, () => In(stream, p => p.Head), cancellation);

    public Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadEntry, () => In(stream, p => p.Entries.GetValueOrDefault(seq)), cancellation);

    public Task<KeyRow?> ReadKeyAsync(StreamId stream, KeyHash key, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadKey, () => In(stream, p => p.Keys.TryGetValue(key, out var row) ? row : (KeyRow?)null), cancellation);

    public Task<SettlementRow?> ReadSettlementAsync(StreamId stream, SettlementId id, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadSettlement, () => In(stream, p => p.Settlements.TryGetValue(id, out var row) ? row : (SettlementRow?)null), cancellation);

    public async IAsyncEnumerable<Entry> ReadEntriesAsync(StreamId stream, long from, long to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var entries = await Faults.RunAsync(
            StoreCall.ReadEntries, () => In(stream, p => p.Entries.Where(e => e.Key >= from && e.Key <= to).Select(e => e.Value).ToList()), cancellation);
        foreach (var entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
    {
        RequireWellFormed(batch);
        return Faults.RunAsync(StoreCall.Commit, () => In(batch.Stream, p => Commit(p, batch)), cancellation);
    }

    /// <summary>Changes what is stored past the store's own rules: a restore, an intruder, an erasure.</summary>
    public void Tamper(StreamId stream, Action<Rows> change) => In(stream, p =>
    {
        change(p);
        return 0;
    });

    private T In<T>(StreamId stream, Func<Partition, T> act)
    {
        var partition = _partitions.GetOrAdd(stream, _ => new());
        lock (partition)
        {
            return act(partition);
        }
    }

    private CommitOutcome Commit(Partition partition, LedgerBatch batch)
    {
        if (partition.Head?.Token != batch.HeadToken)
        {
            return new CommitOutcome.HeadMoved();
        }

        if (FirstRefusal(partition, batch) is { } refusal)
        {
            return refusal;
        }

        RequireChained(partition, batch);
        foreach (var entry in batch.Entries)
        {
            partition.Entries.Add(entry.Seq, entry);
        }

        foreach (var key in batch.Keys)
        {
            partition.Keys.Add(key.Key, key);
        }

        foreach (var settlement in batch.Settlements)
        {
            partition.Settlements.Add(settlement.Id, settlement);
        }

        foreach (var key in batch.Deletions)
        {
            partition.Keys.Remove(key);
        }

        // Through the encoder, so that a head that the real store could not hold fails here, too.
        var token = $"W/\"{Interlocked.Increment(ref _tokens)}\"";
        partition.Head = new(HeadEncoding.Decode(HeadEncoding.Encode(batch.Head)), token);
        return new CommitOutcome.Committed(token);
    }

    /// <summary>In the order of the transaction's operations, as storage finds them.</summary>
    private static CommitOutcome? FirstRefusal(Partition partition, LedgerBatch batch)
    {
        foreach (var entry in batch.Entries.Where(e => partition.Entries.ContainsKey(e.Seq)))
        {
            return new CommitOutcome.RowExists(LedgerRow.OfEntry(entry.Seq));
        }

        foreach (var key in batch.Keys.Where(k => partition.Keys.ContainsKey(k.Key)))
        {
            return new CommitOutcome.RowExists(LedgerRow.OfKey(key.Key));
        }

        foreach (var settlement in batch.Settlements.Where(s => partition.Settlements.ContainsKey(s.Id)))
        {
            return new CommitOutcome.RowExists(LedgerRow.OfSettlement(settlement.Id));
        }

        foreach (var key in batch.Deletions.Where(k => !partition.Keys.ContainsKey(k)))
        {
            return new CommitOutcome.RowMissing(LedgerRow.OfKey(key));
        }

        return null;
    }

    private static void RequireWellFormed(LedgerBatch batch)
    {
        if (batch.Operations > LedgerBatch.MaxOperations)
        {
            throw new ArgumentException($"{batch.Operations} operations; at most {LedgerBatch.MaxOperations}.", nameof(batch));
        }

        var rows = batch.Entries.Select(e => LedgerRow.OfEntry(e.Seq))
            .Concat(batch.Keys.Select(k => LedgerRow.OfKey(k.Key)))
            .Concat(batch.Settlements.Select(s => LedgerRow.OfSettlement(s.Id)))
            .Concat(batch.Deletions.Select(LedgerRow.OfKey));
        var seen = new HashSet<LedgerRow>();
        foreach (var row in rows)
        {
            if (!seen.Add(row))
            {
                throw new ArgumentException($"{row} is in the batch twice.", nameof(batch));
            }
        }
    }

    private void RequireChained(Partition partition, LedgerBatch batch)
    {
        var (seq, hash, time) = partition.Head is { } stored ? (stored.Head.Seq, stored.Head.Hash, stored.Head.Time) : (0, EntryHash.Genesis, DateTimeOffset.MinValue);
        foreach (var entry in batch.Entries)
        {
            if (entry.Stream != batch.Stream || entry.Seq != seq + 1 || entry.Previous != hash || entry.Time < time || entry.Time.Ticks % TimeSpan.TicksPerMillisecond != 0)
            {
                throw Faults.Violation($"Entry {entry.Seq} does not follow entry {seq} of stream {batch.Stream}.");
            }

            (seq, hash, time) = (entry.Seq, entry.Hash, entry.Time);
        }

        if (batch.Head.Seq != seq || batch.Head.Hash != hash || batch.Head.Announced > seq || batch.Head.Time < time)
        {
            throw Faults.Violation($"The head of stream {batch.Stream} says {batch.Head.Seq}, its last entry is {seq}.");
        }
    }

    /// <summary>The rows of one stream.</summary>
    public class Rows
    {
        public StoredHead? Head { get; set; }

        public SortedDictionary<long, Entry> Entries { get; } = [];

        public Dictionary<KeyHash, KeyRow> Keys { get; } = [];

        public Dictionary<SettlementId, SettlementRow> Settlements { get; } = [];
    }

    private sealed class Partition : Rows;
}
