using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Registry;
using Gating.Timelines;

namespace Gating.Fsck;

/// <summary>A row as it stands in a table, or why it cannot be read.</summary>
public abstract record WalkedRow
{
    private WalkedRow()
    {
    }

    public sealed record OfHead(StreamId Stream, Head Head) : WalkedRow;

    public sealed record OfEntry(Entry Entry) : WalkedRow;

    public sealed record OfSettlement(StreamId Stream, SettlementRow Row) : WalkedRow;

    public sealed record OfKey(StreamId Stream, KeyRow Row) : WalkedRow;

    public sealed record OfLeaf(LeafRow Row) : WalkedRow;

    public sealed record OfFrozen(StreamId Stream, string Why) : WalkedRow;

    public sealed record OfPending(LeafPlace Place) : WalkedRow;

    public sealed record OfOutput(ContentId Content, OutputPlace Place) : WalkedRow;

    public sealed record OfDigest(EntryHash Digest, ContentId Content) : WalkedRow;

    public sealed record OfLook(uint Band, ContentId Content, string Look) : WalkedRow;

    public sealed record OfTimelineRow(TimelineRow Row) : WalkedRow;

    public sealed record OfListedHour(TimelineShard Shard) : WalkedRow;

    public sealed record OfHourEntry(Timeline Timeline, UtcHour Hour, LeafPlace Place) : WalkedRow;

    public sealed record OfHourWork(HourWork Work) : WalkedRow;

    public sealed record OfName(NameHash Name, StreamId Stream) : WalkedRow;

    public sealed record OfRegistry(RegistryRow Row) : WalkedRow;

    /// <param name="Rows">Digest of all rows of the registry, as it was when it was written.</param>
    public sealed record OfRegistryStamp(EntryHash Rows) : WalkedRow;

    /// <param name="Seq">Of the entry or leaf that it is; null where it is neither.</param>
    public sealed record Unreadable(StoredThing Thing, long? Seq, string Why) : WalkedRow;
}

/// <summary>
/// Walks whole tables and containers, which no request may do: for checks alone. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer, MUST read what is stored
/// past every cache, and MUST give a row that it cannot read as <see cref="WalkedRow.Unreadable"/> and go on. What is written while a walk runs may be met or not. Reads only.
/// </summary>
public interface IStoreWalk
{
    /// <summary>The first partition of that table after <paramref name="after"/> (null: from the start), in ordinal order; null after the last.</summary>
    Task<string?> NextPartitionAsync(StoredTable table, string? after, CancellationToken cancellation);

    /// <summary>All rows of a partition in the order of their keys: of a ledger its entries by their seqs, settlements, the head, short-lived rows; of leaves by their seqs.</summary>
    IAsyncEnumerable<WalkedRow> ReadPartitionAsync(StoredTable table, string partition, CancellationToken cancellation);

    /// <summary>Whether a row is there, readable or not.</summary>
    Task<bool> ExistsAsync(StoredThing row, CancellationToken cancellation);

    /// <summary>Names of all blobs of the log, below its container.</summary>
    IAsyncEnumerable<StoredThing> ReadLogBlobsAsync(CancellationToken cancellation);

    /// <summary>What it is called in storage: table, partition and row, or container and blob.</summary>
    string NameOf(StoredThing thing);
}
