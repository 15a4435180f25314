using System.Runtime.CompilerServices;
using Gating.Azure.Archive;
using Gating.Azure.Ledger;
using Gating.Azure.Log;
using Gating.Azure.Registry;
using Gating.Azure.Tables;
using Gating.Azure.Timelines;
using Gating.Fsck;
using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Timelines;

namespace Gating.Azure.Fsck;

/// <summary>Walks tables partition by partition, and the log's container page by page.</summary>
public sealed class StorageWalk : IStoreWalk
{
    private const char Separator = ';';

    /// <summary>The character after it: keys that begin with a name and the separator are all before.</summary>
    private const string AfterSeparator = "<";

    private readonly TableKeys _keys;
    private readonly Dictionary<StoredTable, TableClient> _tables;
    private readonly EntryBlobs _entries;
    private readonly SmallBlobs _log;
    private readonly StoredMac _mac;
    private readonly Setup _setup;

    internal StorageWalk(TableKeys keys, TableClient ledger, TableClient leaves, TableClient pending, TableClient index, TableClient timelines, TableClient names, TableClient registry, EntryBlobs entries, SmallBlobs log, StoredMac mac)
    {
        (_keys, _entries, _log, _mac) = (keys, entries, log, mac);
        _tables = new() { [StoredTable.Ledger] = ledger, [StoredTable.Leaves] = leaves, [StoredTable.Pending] = pending, [StoredTable.Index] = index, [StoredTable.Timelines] = timelines, [StoredTable.Names] = names, [StoredTable.Registry] = registry };
        _setup = new(cancellation => Task.WhenAll(_tables.Values.Select(table => table.CreateIfNotExistsAsync(cancellation))));
    }

    public async Task<string?> NextPartitionAsync(StoredTable table, string? after, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return table is StoredTable.Leaves ? await NextStreamAsync(after, cancellation) : await _tables[table].WalkToNextPartitionAsync(after, cancellation);
    }

    // Leaf rows of many streams share a partition, which is named by the streams' first digit: for a walk, a stream is what a partition is elsewhere.
    private async Task<string?> NextStreamAsync(string? after, CancellationToken cancellation)
    {
        for (var shard = 0; shard < TableKeys.LeafShards; shard++)
        {
            var partition = TableKeys.LeafPartition(shard);
            if (after is { Length: > 0 } && string.CompareOrdinal(partition, after[..1]) < 0)
            {
                continue;
            }

            var from = after is not null && after.StartsWith(partition, StringComparison.Ordinal) ? after + AfterSeparator : partition;
            await foreach (var row in _tables[StoredTable.Leaves].QueryAsync(InRange(partition, from, ((char)(partition[0] + 1)).ToString()), cancellation))
            {
                return row.RowKey.Split(Separator)[0];
            }
        }

        return null;
    }

    private static TableQuery InRange(string partition, string from, string before) =>
        new TableQuery(partition).RowKey(TableComparison.GreaterThanOrEqual, from).RowKey(TableComparison.LessThan, before);

    public async IAsyncEnumerable<WalkedRow> ReadPartitionAsync(StoredTable table, string partition, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var query = table is StoredTable.Leaves ? InRange(partition[..1], partition, partition + AfterSeparator) : new TableQuery(partition);
        await foreach (var row in _tables[table].QueryAsync(query, cancellation))
        {
            yield return table is StoredTable.Ledger ? await ReadLedgerAsync(row, cancellation) : Read(table, row);
        }
    }

    public async Task<bool> ExistsAsync(StoredThing row, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var (table, partition, key) = RowOf(row) ?? throw new ArgumentException("Not a row.", nameof(row));
        return await _tables[table].GetAsync(partition, key, cancellation) is not null;
    }

    public async IAsyncEnumerable<StoredThing> ReadLogBlobsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string? continuation = null;
        do
        {
            var page = await _log.ListAsync(continuation, cancellation);
            foreach (var name in page.Names.Where(static name => !string.Equals(name, TableKeys.LogLease, StringComparison.Ordinal)))
            {
                yield return name switch
                {
                    TableKeys.LogState => new StoredThing.LogState(),
                    TableKeys.Checkpoint => new StoredThing.Published(),
                    _ when TableKeys.TryReadStaging(name, out var staging) => new StoredThing.Staging(staging),
                    _ when TileId.TryParse(name, out var tile) => new StoredThing.Tile(tile),
                    _ => new StoredThing.LogBlob(name),
                };
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    public string NameOf(StoredThing thing) => RowOf(thing) is var (table, partition, key)
        ? $"table {_tables[table].Name}, partition {partition}, row {key}"
        : thing switch
        {
            StoredThing.EntryBlob blob => $"container {_keys.EntriesContainer}, blob {blob.Name}",
            StoredThing.LogState => $"container {_keys.LogContainer}, blob {TableKeys.LogState}",
            StoredThing.Published => $"container {_keys.LogContainer}, blob {TableKeys.Checkpoint}",
            StoredThing.LastKnown => $"container {_keys.LastKnownContainer}, blob {TableKeys.Checkpoint}",
            StoredThing.Staging staging => $"container {_keys.LogContainer}, blob {TableKeys.Staging(staging.Name)}",
            StoredThing.Tile tile => $"container {_keys.LogContainer}, blob {tile.Id.Path}",
            StoredThing.LogLeaf leaf => $"leaf {leaf.Index} of the log",
            StoredThing.LogBlob blob => $"container {_keys.LogContainer}, blob {blob.Name}",
            StoredThing.File file => $"container {_keys.ArchiveContainer}, blob {file.Name}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static (StoredTable Table, string Partition, string Key)? RowOf(StoredThing thing) => thing switch
    {
        StoredThing.Head head => (StoredTable.Ledger, TableKeys.Partition(head.Stream), TableKeys.Head),
        StoredThing.Entry entry => (StoredTable.Ledger, TableKeys.Partition(entry.Stream), TableKeys.Entry(entry.Seq)),
        StoredThing.Settlement settlement => (StoredTable.Ledger, TableKeys.Partition(settlement.Stream), TableKeys.Settlement(settlement.Id)),
        StoredThing.ShortLived key => (StoredTable.Ledger, TableKeys.Partition(key.Stream), TableKeys.Key(key.Key)),
        StoredThing.Leaf leaf => (StoredTable.Leaves, TableKeys.LeafPartition(leaf.Stream), TableKeys.Leaf(new(leaf.Stream, leaf.Seq))),
        StoredThing.Frozen frozen => (StoredTable.Leaves, TableKeys.LeafPartition(frozen.Stream), TableKeys.Frozen(frozen.Stream)),
        StoredThing.Pending pending => (StoredTable.Pending, TableKeys.LeafPartition(pending.Stream), TableKeys.Leaf(new(pending.Stream, pending.Seq))),
        StoredThing.OutputRow output => (StoredTable.Index, output.Content.Text, TableKeys.Output),
        StoredThing.DigestRow digest => (StoredTable.Index, digest.Digest.ToString(), digest.Content.Text),
        StoredThing.LookRow look => (StoredTable.Index, TableKeys.Band(look.Band), look.Content.Text),
        StoredThing.TimelineRow row when new TimelineShard(row.Timeline, UtcHour.Of(row.Position.Time), TimelineShard.Of(row.Position.Stream)) is var shard =>
            (StoredTable.Timelines, TimelineKeys.Rows(shard), TimelineKeys.Row(row.Position)),
        StoredThing.ListedHour listed => (StoredTable.Timelines, TimelineKeys.Month(listed.Shard.Timeline, listed.Shard.Hour), TimelineKeys.Listed(listed.Shard)),
        StoredThing.HourEntryRow hour => (StoredTable.Timelines, TimelineKeys.Month(hour.Timeline, hour.Hour), TimelineKeys.Closed(hour.Hour)),
        StoredThing.NameRow name => (StoredTable.Names, TableKeys.Partition(name.Name), TableKeys.Name),
        StoredThing.HourWorkRow work => (StoredTable.Timelines, TimelineKeys.Work, TimelineKeys.WorkRow(work.Work)),
        StoredThing.RegistryStamp => (StoredTable.Registry, TableKeys.Registry, TableKeys.RegistryVersion),
        StoredThing.Row row => (row.Table, row.Partition, row.Key),
        _ => null,
    };

    /// <summary>What it is by its keys alone, and how its properties are read.</summary>
    private async Task<WalkedRow> ReadLedgerAsync(TableEntity row, CancellationToken cancellation)
    {
        if (!StreamId.TryParse(row.PartitionKey, out var stream))
        {
            return Stray(StoredTable.Ledger, row);
        }

        if (TableKeys.TryReadNumbered(row.RowKey, 'e', out var seq))
        {
            return await ReadEntryAsync(stream, seq, row, cancellation);
        }

        return string.Equals(row.RowKey, TableKeys.Head, StringComparison.Ordinal)
            ? Guard(new StoredThing.Head(stream), null, () => new WalkedRow.OfHead(stream, LedgerRows.ReadWholeHead(stream, row, _mac)))
            : TableKeys.TryReadSettlement(row.RowKey, out var id) ? Guard(new StoredThing.Settlement(stream, id), null, () => new WalkedRow.OfSettlement(stream, LedgerRows.ReadSettlement(id, row)))
            : TableKeys.TryReadKey(row.RowKey, out var key) ? Guard(new StoredThing.ShortLived(stream, key), null, () => new WalkedRow.OfKey(stream, LedgerRows.ReadKey(key, row)))
            : Stray(StoredTable.Ledger, row);
    }

    private async Task<WalkedRow> ReadEntryAsync(StreamId stream, long seq, TableEntity row, CancellationToken cancellation)
    {
        string? blob = null;
        try
        {
            blob = LedgerRows.BlobOf(row);
            return new WalkedRow.OfEntry(await LedgerRows.ReadEntryAsync(stream, row, _entries, cancellation));
        }
        catch (StreamFrozenException frozen)
        {
            return new WalkedRow.Unreadable(blob is { } name ? new StoredThing.EntryBlob(name) : new StoredThing.Entry(stream, seq), seq, frozen.Message);
        }
        catch (UnknownVersionException unknown)
        {
            return new WalkedRow.Unreadable(blob is { } name && string.Equals(unknown.What, "entry blob", StringComparison.Ordinal) ? new StoredThing.EntryBlob(name) : new StoredThing.Entry(stream, seq), seq, unknown.Message);
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            return new WalkedRow.Unreadable(new StoredThing.Entry(stream, seq), seq, unreadable.Message);
        }
    }

    private WalkedRow Read(StoredTable table, TableEntity row)
    {
        switch (table)
        {
            case StoredTable.Leaves when TableKeys.TryReadLeaf(row.RowKey, out var leaf):
                return Guard(new StoredThing.Leaf(leaf.Stream, leaf.Seq), leaf.Seq, () => new WalkedRow.OfLeaf(LeafRows.Read(row)));
            case StoredTable.Leaves when StreamId.TryParse(row.RowKey.Split(Separator)[0], out var stream) && string.Equals(row.RowKey, TableKeys.Frozen(stream), StringComparison.Ordinal):
                return Guard(new StoredThing.Frozen(stream), null, () => new WalkedRow.OfFrozen(stream, LeafRows.ReadFrozen(row)));
            case StoredTable.Pending when TableKeys.TryReadLeaf(row.RowKey, out var place) && string.Equals(TableKeys.LeafPartition(place.Stream), row.PartitionKey, StringComparison.Ordinal):
                return Guard(new StoredThing.Pending(place.Stream, place.Seq), null, () => new WalkedRow.OfPending(StoredRow.Known(row, "pending pointer") is not null ? place : default));
            case StoredTable.Index when ContentId.TryParse(row.PartitionKey, out var content) && string.Equals(row.RowKey, TableKeys.Output, StringComparison.Ordinal):
                return Guard(new StoredThing.OutputRow(content), null, () => new WalkedRow.OfOutput(content, TableOutputIndex.PlaceOf(row)));
            case StoredTable.Index when TableKeys.TryReadHash(row.PartitionKey, out var digest) && ContentId.TryParse(row.RowKey, out var content):
                return Guard(new StoredThing.DigestRow(digest, content), null, () => new WalkedRow.OfDigest(StoredRow.Known(row, "digest index") is not null ? digest : default, content));
            case StoredTable.Index when TableKeys.TryReadBand(row.PartitionKey, out var band) && ContentId.TryParse(row.RowKey, out var content):
                return Guard(new StoredThing.LookRow(band, content), null, () => new WalkedRow.OfLook(band, content, TableOutputIndex.LookOf(row).Look));
            case StoredTable.Timelines:
                return ReadTimeline(row);
            case StoredTable.Names when TableKeys.TryReadHash(row.PartitionKey, out var hash) && string.Equals(row.RowKey, TableKeys.Name, StringComparison.Ordinal):
                return Guard(new StoredThing.NameRow(new(hash)), null, () => new WalkedRow.OfName(new(hash), TableNameStore.Read(new(hash), row, _mac)));
            case StoredTable.Registry when string.Equals(row.PartitionKey, TableKeys.Registry, StringComparison.Ordinal):
                return string.Equals(row.RowKey, TableKeys.RegistryVersion, StringComparison.Ordinal)
                    ? Guard(new StoredThing.RegistryStamp(), null, () => new WalkedRow.OfRegistryStamp(RegistryRows.ReadStamp(row, _mac).Rows))
                    : Guard(new StoredThing.Row(table, row.PartitionKey, row.RowKey), null, () => new WalkedRow.OfRegistry(RegistryRows.Read(row, _mac)));
            default:
                return Stray(table, row);
        }
    }

    private static WalkedRow ReadTimeline(TableEntity row)
    {
        if (TimelineKeys.TryReadRows(row.PartitionKey, out var rows) && TimelineKeys.TryReadRow(rows.Hour, row.RowKey, out var position) && TimelineShard.Of(position.Stream) == rows.Shard)
        {
            return Guard(new StoredThing.TimelineRow(rows.Timeline, position), null, () => new WalkedRow.OfTimelineRow(new(rows.Timeline, TimelineRows.Read(rows.Hour, row))));
        }

        if (TimelineKeys.TryReadMonth(row.PartitionKey, out var timeline))
        {
            return TimelineKeys.TryReadListed(row.PartitionKey, timeline, row.RowKey, out var listed)
                ? Guard(new StoredThing.ListedHour(listed), null, () => new WalkedRow.OfListedHour(TimelineRows.ReadListed(timeline, row)))
                : TimelineKeys.TryReadClosed(row.PartitionKey, timeline, row.RowKey, out var hour)
                    ? Guard(new StoredThing.HourEntryRow(timeline, hour), null, () => new WalkedRow.OfHourEntry(timeline, hour, TimelineRows.ReadClosed(row)))
                    : Stray(StoredTable.Timelines, row);
        }

        return string.Equals(row.PartitionKey, TimelineKeys.Work, StringComparison.Ordinal) && TimelineKeys.TryReadWork(row.RowKey, out var work)
            ? Guard(new StoredThing.HourWorkRow(work), null, () => new WalkedRow.OfHourWork(TimelineRows.ReadWork(row)))
            : Stray(StoredTable.Timelines, row);
    }

    private static WalkedRow.Unreadable Stray(StoredTable table, TableEntity row) => new(new StoredThing.Row(table, row.PartitionKey, row.RowKey), null, "its keys are none of ours");

    private static WalkedRow Guard(StoredThing thing, long? seq, Func<WalkedRow> read)
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            return new WalkedRow.Unreadable(thing, seq, unreadable.Message);
        }
    }

    private static bool IsUnreadable(Exception error) => error is FormatException or UnknownVersionException or StreamFrozenException or ArgumentException or InvalidOperationException or OverflowException or InvalidCastException;
}
