using System.Runtime.CompilerServices;
using Azure;
using Gating.Azure.Tables;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>Ledgers in a table: one partition per stream, one entity-group transaction per commit.</summary>
public sealed class TableLedgerStore : ILedgerStore
{
    /// <summary>Entries whose public and sealed part are larger go to a blob.</summary>
    public const int MaxInlineBytes = 32 * 1024;

    /// <summary>What the entries of one batch may hold in their rows together: at worst doubled by JSON's escapes, with 98 more rows, it stays far under 4 MiB.</summary>
    private const int MaxInlineBatchBytes = 1024 * 1024;

    /// <summary>What an entry may hold in its row where the batch as a whole is too large: a hundred of these always fit.</summary>
    private const int MaxCrowdedBytes = MaxInlineBatchBytes / LedgerBatch.MaxOperations;

    private readonly TableClient _reads;
    private readonly TableClient _commits;
    private readonly EntryBlobs _blobs;
    private readonly StoredMac _mac;
    private readonly Setup _setup;

    /// <param name="reads">May retry.</param>
    /// <param name="commits">Must not retry: whoever commits looks into a lost answer itself, by operation id.</param>
    internal TableLedgerStore(TableClient reads, TableClient commits, EntryBlobs blobs, StoredMac mac)
    {
        (_reads, _commits, _blobs, _mac) = (reads, commits, blobs, mac);
        _setup = new(_reads.CreateIfNotExistsAsync);
    }

    public async Task EnsureCreatedAsync(CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await _blobs.EnsureCreatedAsync(cancellation);
    }

    public async Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) =>
        await ReadAsync(stream, TableKeys.Head, cancellation) is { } row ? LedgerRows.ReadHead(stream, row, _mac) : null;

    public async Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) =>
        await ReadAsync(stream, TableKeys.Entry(seq), cancellation) is { } row ? await LedgerRows.ReadEntryAsync(stream, row, _blobs, cancellation) : null;

    public async Task<KeyRow?> ReadKeyAsync(StreamId stream, KeyHash key, CancellationToken cancellation) =>
        await ReadAsync(stream, TableKeys.Key(key), cancellation) is { } row ? LedgerRows.ReadKey(key, row) : null;

    public async Task<SettlementRow?> ReadSettlementAsync(StreamId stream, SettlementId id, CancellationToken cancellation) =>
        await ReadAsync(stream, TableKeys.Settlement(id), cancellation) is { } row ? LedgerRows.ReadSettlement(id, row) : null;

    public async IAsyncEnumerable<Entry> ReadEntriesAsync(StreamId stream, long from, long to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        from = Math.Max(from, 0);
        to = Math.Min(to, TableKeys.MaxSeq);
        if (from > to)
        {
            yield break;
        }

        await _setup.EnsureAsync(cancellation);
        if (from == to)
        {
            // One row by its keys is the quickest that a table can do, and most references are to one entry.
            if (await _reads.GetAsync(TableKeys.Partition(stream), TableKeys.Entry(from), cancellation) is { } only)
            {
                yield return await LedgerRows.ReadEntryAsync(stream, only, _blobs, cancellation);
            }

            yield break;
        }

        var query = new TableQuery(TableKeys.Partition(stream))
            .RowKey(TableComparison.GreaterThanOrEqual, TableKeys.Entry(from))
            .RowKey(TableComparison.LessThanOrEqual, TableKeys.Entry(to));
        await foreach (var row in _reads.QueryAsync(query, cancellation))
        {
            yield return await LedgerRows.ReadEntryAsync(stream, row, _blobs, cancellation);
        }
    }

    public async Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var transaction = await PrepareAsync(batch, cancellation);

        // The commit point. Before it, a crash leaves at most orphan blobs. After it, all of the batch is durable, whether or not the answer arrives.
        return await _commits.SubmitTransactionAsync(transaction, cancellation) switch
        {
            TableOutcome.Done done when done.ETag != default => new CommitOutcome.Committed(done.ETag.ToString()),
            TableOutcome.Refused refused => Map(batch, refused),
            _ => throw new StorageUnavailableException("A commit was answered without the head's new ETag."),
        };
    }

    /// <summary>The order of the operations is the contract: the head first, so that whoever was overtaken hears "head moved" and nothing else.</summary>
    private async Task<TableTransaction> PrepareAsync(LedgerBatch batch, CancellationToken cancellation)
    {
        var stream = batch.Stream;
        var transaction = new TableTransaction(TableKeys.Partition(stream));
        var head = LedgerRows.OfHead(stream, batch.Head, _mac);
        _ = batch.HeadToken is { } token ? transaction.Replace(head, new ETag(token)) : transaction.Insert(head);
        var inline = InlineLimit(batch);
        foreach (var entry in batch.Entries)
        {
            var inBlob = entry.Public.Length + entry.Sealed.Length > inline;
            if (inBlob)
            {
                await _blobs.WriteAsync(entry, cancellation);
            }

            transaction.Insert(LedgerRows.OfEntry(entry, inBlob));
        }

        foreach (var key in batch.Keys)
        {
            transaction.Insert(LedgerRows.OfKey(stream, key));
        }

        foreach (var settlement in batch.Settlements)
        {
            transaction.Insert(LedgerRows.OfSettlement(stream, settlement));
        }

        foreach (var key in batch.Deletions)
        {
            transaction.Delete(TableKeys.Key(key), ETag.All);
        }

        return transaction;
    }

    private static int InlineLimit(LedgerBatch batch)
    {
        long total = 0;
        foreach (var entry in batch.Entries)
        {
            var size = entry.Public.Length + entry.Sealed.Length;
            total += size > MaxInlineBytes ? 0 : size;
        }

        return total > MaxInlineBatchBytes ? MaxCrowdedBytes : MaxInlineBytes;
    }

    private static CommitOutcome Map(LedgerBatch batch, TableOutcome.Refused refused)
    {
        if (refused.Operation == 0)
        {
            return new CommitOutcome.HeadMoved();
        }

        var row = RowAt(batch, refused.Operation - 1);
        return refused.Reason switch
        {
            TableRefusal.Exists => new CommitOutcome.RowExists(row),
            TableRefusal.Missing => new CommitOutcome.RowMissing(row),
            TableRefusal.Changed => throw new StorageUnavailableException($"Storage refused operation {refused.Operation} for an ETag that it did not carry."),
        };
    }

    private static LedgerRow RowAt(LedgerBatch batch, int index)
    {
        if (index < batch.Entries.Count)
        {
            return LedgerRow.OfEntry(batch.Entries[index].Seq);
        }

        index -= batch.Entries.Count;
        if (index < batch.Keys.Count)
        {
            return LedgerRow.OfKey(batch.Keys[index].Key);
        }

        index -= batch.Keys.Count;
        return index < batch.Settlements.Count
            ? LedgerRow.OfSettlement(batch.Settlements[index].Id)
            : LedgerRow.OfKey(batch.Deletions[index - batch.Settlements.Count]);
    }

    private async Task<TableEntity?> ReadAsync(StreamId stream, string row, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _reads.GetAsync(TableKeys.Partition(stream), row, cancellation);
    }
}
