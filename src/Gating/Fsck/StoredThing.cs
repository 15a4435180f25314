using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Tiles;
using Gating.Timelines;

namespace Gating.Fsck;

/// <summary>One row or blob, by what it is. The adapter alone knows what it is called in storage (<see cref="IStoreWalk.NameOf"/>).</summary>
public abstract record StoredThing
{
    private StoredThing()
    {
    }

    public sealed record Head(StreamId Stream) : StoredThing;

    public sealed record Entry(StreamId Stream, long Seq) : StoredThing;

    /// <summary>The bytes of an entry that is too large for its row.</summary>
    public sealed record EntryBlob(string Name) : StoredThing;

    public sealed record Settlement(StreamId Stream, SettlementId Id) : StoredThing;

    public sealed record ShortLived(StreamId Stream, KeyHash Key) : StoredThing;

    public sealed record Leaf(StreamId Stream, long Seq) : StoredThing;

    /// <summary>The row that says that a stream contradicts itself.</summary>
    public sealed record Frozen(StreamId Stream) : StoredThing;

    public sealed record Pending(StreamId Stream, long Seq) : StoredThing;

    public sealed record LogState : StoredThing;

    public sealed record Published : StoredThing;

    public sealed record LastKnown : StoredThing;

    public sealed record Staging(EntryHash Name) : StoredThing;

    public sealed record Tile(TileId Id) : StoredThing;

    /// <summary>A leaf of the log, where no row of ours leads to it.</summary>
    public sealed record LogLeaf(long Index) : StoredThing;

    public sealed record File(string Name) : StoredThing;

    public sealed record OutputRow(ContentId Content) : StoredThing;

    public sealed record DigestRow(EntryHash Digest, ContentId Content) : StoredThing;

    public sealed record LookRow(uint Band, ContentId Content) : StoredThing;

    public sealed record TimelineRow(Timeline Timeline, TimelinePosition Position) : StoredThing;

    /// <summary>That a shard of an hour may have rows.</summary>
    public sealed record ListedHour(TimelineShard Shard) : StoredThing;

    /// <summary>Which entry closed an hour last, and with it what that entry says.</summary>
    public sealed record HourEntryRow(Timeline Timeline, UtcHour Hour) : StoredThing;

    /// <summary>An hour's place on a list of those to close.</summary>
    public sealed record HourWorkRow(HourWork Work) : StoredThing;

    /// <summary>Leads a name to its stream.</summary>
    public sealed record NameRow(NameHash Name) : StoredThing;

    /// <summary>Stands for all rows of the registry.</summary>
    public sealed record RegistryStamp : StoredThing;

    /// <summary>A row of the registry, or one whose keys are none of ours.</summary>
    public sealed record Row(StoredTable Table, string Partition, string Key) : StoredThing;

    /// <summary>A blob of the log whose name is none of ours.</summary>
    public sealed record LogBlob(string Name) : StoredThing;
}

/// <summary>The tables that are walked.</summary>
public enum StoredTable
{
    Ledger = 1,
    Leaves = 2,
    Pending = 3,
    Index = 4,
    Timelines = 5,
    Names = 6,
    Registry = 7,
}
