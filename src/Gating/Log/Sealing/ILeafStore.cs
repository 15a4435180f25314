using Gating.Ledger;

namespace Gating.Log.Sealing;

/// <summary>What an entry's leaf row is made of: the entry's hash, and the hash that it names as its predecessor's.</summary>
public readonly record struct NewLeaf(StreamId Stream, long Seq, EntryHash Entry, EntryHash Previous)
{
    public static NewLeaf Of(Entry entry) => new(entry.Stream, entry.Seq, entry.Hash, entry.Previous);
}

/// <summary>The permanent row of one leaf.</summary>
/// <param name="Index">Where it stands in the log; null until it is sealed.</param>
public readonly record struct LeafRow(StreamId Stream, long Seq, EntryHash Entry, EntryHash Previous, long? Index);

/// <summary>Which entry a pending pointer is about.</summary>
public readonly record struct LeafPlace(StreamId Stream, long Seq);

/// <summary>The place in the log that a leaf was given.</summary>
public readonly record struct LeafIndex(StreamId Stream, long Seq, long Index);

/// <summary>
/// Leaf rows, and pending pointers to those that are not sealed, both in shards, so that leaves of many streams share a transaction. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the
/// answer, and be safe to repeat. Reads MUST see every write that was answered before they began. Safe for concurrent use by any number of instances.
/// </summary>
public interface ILeafStore
{
    /// <summary>
    /// Adds those rows that are not there; never changes one that is. Returns the rows as they stand now, in the order given: the caller sees who came first. Where it throws, some may be there.
    /// </summary>
    /// <param name="leaves">Of any streams, none twice.</param>
    Task<IReadOnlyList<LeafRow>> AddAsync(IReadOnlyList<NewLeaf> leaves, CancellationToken cancellation);

    /// <summary>Rows from <paramref name="from"/> to <paramref name="to"/>, both included, in order; what is not there is passed over.</summary>
    Task<IReadOnlyList<LeafRow>> ReadAsync(StreamId stream, long from, long to, CancellationToken cancellation);

    /// <summary>
    /// Notes where leaves stand. The caller vouches that a leaf which has an index gets the same again. Throws <see cref="LogFrozenException"/> where a row is not there.
    /// </summary>
    /// <param name="indexes">Of any streams, none twice.</param>
    Task SetIndexesAsync(IReadOnlyList<LeafIndex> indexes, CancellationToken cancellation);

    /// <summary>Adds pointers; one that is there stays.</summary>
    Task AddPendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation);

    /// <summary>Some pointers, at most <paramref name="most"/>, and at least one where there is any.</summary>
    Task<IReadOnlyList<LeafPlace>> ReadPendingAsync(int most, CancellationToken cancellation);

    /// <summary>Removes pointers; those that are not there are passed over.</summary>
    Task DeletePendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation);

    /// <summary>Notes for good that a stream contradicts itself, and why; the first reason stays.</summary>
    Task FreezeAsync(StreamId stream, string why, CancellationToken cancellation);

    /// <summary>Why the stream is frozen, or null.</summary>
    Task<string?> ReadFrozenAsync(StreamId stream, CancellationToken cancellation);
}
