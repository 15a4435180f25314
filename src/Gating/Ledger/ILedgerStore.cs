namespace Gating.Ledger;

/// <summary>A head as it was read: its value and the opaque token that a commit must present to replace it.</summary>
public sealed record StoredHead(Head Head, string Token);

/// <summary>Which row of a stream's partition an answer of the store is about. <c>Seq</c> counts for entries and settlements, <c>Key</c> for short-lived rows.</summary>
public readonly record struct LedgerRow(LedgerRowKind Kind, long Seq, KeyHash Key, int Part = 0)
{
    public static LedgerRow OfEntry(long seq) => new(LedgerRowKind.Entry, seq, default);

    public static LedgerRow OfSettlement(SettlementId id) => new(LedgerRowKind.Settlement, id.Seq, default, id.Part);

    public static LedgerRow OfKey(KeyHash key) => new(LedgerRowKind.ShortLived, 0, key);
}

public enum LedgerRowKind
{
    Entry = 1,
    Settlement = 2,
    ShortLived = 3,
}

/// <summary>A short-lived row: the key that was used, and the entry that it served.</summary>
public readonly record struct KeyRow(KeyHash Key, long Seq);

/// <summary>
/// What can be settled once: an entry as a whole (<paramref name="Part"/> 0: a grant that was redeemed or released), or a numbered part of it (an output of a generation).
/// </summary>
public readonly record struct SettlementId(long Seq, int Part = 0)
{
    /// <summary>Parts of one entry, 1 up to this.</summary>
    public const int MaxParts = 999;

    public static implicit operator SettlementId(long seq) => FromInt64(seq);

    /// <summary>The entry as a whole.</summary>
    public static SettlementId FromInt64(long seq) => new(seq);
}

/// <summary>A settlement row: what <paramref name="Id"/> names was settled by entry <paramref name="By"/>.</summary>
public readonly record struct SettlementRow(SettlementId Id, long By)
{
    public long Seq => Id.Seq;
}

/// <summary>
/// One atomic change of one stream. In storage it is ONE entity-group transaction: the head is operation 0 (replaced only if it still
/// carries <paramref name="HeadToken"/>; inserted where that is null), entries, keys and settlements are insert-only, deletions unconditional.
/// </summary>
public sealed record LedgerBatch(
    StreamId Stream,
    Head Head,
    string? HeadToken,
    IReadOnlyList<Entry> Entries,
    IReadOnlyList<KeyRow> Keys,
    IReadOnlyList<SettlementRow> Settlements,
    IReadOnlyList<KeyHash> Deletions)
{
    /// <summary>Azure Tables: at most 100 operations in one entity-group transaction.</summary>
    public const int MaxOperations = 100;

    public int Operations => 1 + Entries.Count + Keys.Count + Settlements.Count + Deletions.Count;
}

/// <summary>What the store knows of a commit. An unknown outcome is not among these: it is a <see cref="StorageUnavailableException"/>.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>All of it is durable; the head now carries <paramref name="HeadToken"/>.</summary>
    public sealed record Committed(string HeadToken) : CommitOutcome;

    /// <summary>None of it happened: the head no longer carries the token (or, for a new stream, exists already).</summary>
    public sealed record HeadMoved : CommitOutcome;

    /// <summary>None of it happened: an insert-only row exists already.</summary>
    public sealed record RowExists(LedgerRow Row) : CommitOutcome;

    /// <summary>None of it happened: a row to delete is not there.</summary>
    public sealed record RowMissing(LedgerRow Row) : CommitOutcome;
}

/// <summary>
/// The partitions that hold the ledgers. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer
/// (time-out, connection lost, throttled, refused credentials) and MUST NOT answer "absent" or "not committed" then. Reads MUST see every commit that was
/// answered before they began. Safe for concurrent use by any number of instances.
/// </summary>
public interface ILedgerStore
{
    /// <summary>The head, or null where the stream has none.</summary>
    Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation);

    /// <summary>The entry at <paramref name="seq"/>, or null.</summary>
    Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation);

    /// <summary>The short-lived row of that key, or null.</summary>
    Task<KeyRow?> ReadKeyAsync(StreamId stream, KeyHash key, CancellationToken cancellation);

    /// <summary>The settlement of an entry, or of a part of it; null where there is none.</summary>
    Task<SettlementRow?> ReadSettlementAsync(StreamId stream, SettlementId id, CancellationToken cancellation);

    /// <summary>Entries from <paramref name="from"/> to <paramref name="to"/>, both included, in order; a gap is passed over in silence: the reader checks seqs.</summary>
    IAsyncEnumerable<Entry> ReadEntriesAsync(StreamId stream, long from, long to, CancellationToken cancellation);

    /// <summary>
    /// Commits the batch whole or not at all. MUST make it durable before it answers <see cref="CommitOutcome.Committed"/>. An outcome that is
    /// not known MUST surface as <see cref="StorageUnavailableException"/>: the batch may then have happened, and the caller reads the first entry to find out.
    /// </summary>
    Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation);
}
