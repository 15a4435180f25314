using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>
/// One attempt at one transaction: what each waiting proposal decided on the same head, one after the other, and the batch that makes it so.
/// A proposal that does not fit, or shares a key with one that does, is left for the next batch.
/// </summary>
internal sealed class BatchPlan
{
    /// <summary>Short-lived rows past their time that each proposal clears away.</summary>
    private const int DeletionsEach = 3;

    /// <summary>Stays under Azure's 4 MiB for a transaction with room for base64 and headers.</summary>
    private const int MaxBytes = 2 * 1024 * 1024;

    private readonly List<Entry> _entries = [];
    private readonly List<KeyRow> _keys = [];
    private readonly List<SettlementRow> _settlements = [];
    private readonly List<KeyHash> _deletions = [];
    private int _bytes;

    private BatchPlan(long decidedAt) => DecidedAt = decidedAt;

    /// <summary>When it was decided, in timestamp ticks.</summary>
    public long DecidedAt { get; }

    /// <summary>Proposals that were decided, in order, with what they decided and where their entries stand in the batch.</summary>
    public List<(Pending Pending, Decided Decided, int FirstEntry)> Decisions { get; } = [];

    /// <summary>Proposals one of whose keys the head lists: whether it was used is for the row to say.</summary>
    public List<Pending> Listed { get; } = [];

    /// <summary>Proposals that would settle what another one of this batch settles: the next batch finds it done.</summary>
    public List<(Pending Pending, Decided Decided)> Overtaken { get; } = [];

    /// <summary>Proposals that were told no at once: the head has no room for their keys, or their decision threw.</summary>
    public List<Pending> Rejected { get; } = [];

    /// <summary>What the transaction writes; null where no decision asked for an entry.</summary>
    public LedgerBatch? Batch { get; private set; }

    /// <summary>The put of this attempt's reference, once it was started.</summary>
    public Task Put { get; set; } = Task.CompletedTask;

    /// <summary>The tally as far as this batch writes it.</summary>
    public IReadOnlyDictionary<string, int>? Tally { get; private set; }

    public ImmutableArray<Entry> EntriesOf(int first, int count) => count == 0 ? [] : [.. _entries.GetRange(first, count)];

    public static BatchPlan Of(Head head, string? token, PlanInput input, IReadOnlyList<Pending> waiting)
    {
        var plan = new BatchPlan(input.Timestamp);
        plan.Fill(head, token, input, waiting);
        return plan;
    }

    private void Fill(Head head, string? token, PlanInput input, IReadOnlyList<Pending> waiting)
    {
        var now = input.Now > head.Time ? input.Now : head.Time;
        var rows = head.ShortLived;
        foreach (var dropped in input.Dropped)
        {
            rows = rows.RemoveAll(row => row.Key == dropped);
        }

        // While the head cannot tell what the batch itself uses up, `taken` does.
        var taken = new HashSet<KeyHash>();
        var chain = new Chain(input, head.Seq, head.Hash, now) { IsErased = head.Salt.IsEmpty };

        // A revocation that is lifted after its person was erased lifts nothing.
        var state = head.Salt.IsEmpty && head.State.Status is StreamStatus.Active ? head.State with { Status = StreamStatus.Erased } : head.State;
        foreach (var pending in waiting)
        {
            if (ListsAny(rows, pending.Keys))
            {
                // Listed by the stored head, or by a decision of this very batch: then it waits for the next.
                if (!SharesAny(taken, pending.Keys))
                {
                    Listed.Add(pending);
                }

                continue;
            }

            if (Decisions.Count > 0 && (_bytes > MaxBytes || Operations + RoomFor(pending) > LedgerBatch.MaxOperations))
            {
                break;
            }

            if (TryDecide(pending, state, new(now, DecidedAt, chain.Seq + 1)) is not { } decided)
            {
                continue;
            }

            if (_settlements.Exists(row => row.Id == decided.Settles))
            {
                Overtaken.Add((pending, decided));
                continue;
            }

            if (decided.Entries.Length > 0)
            {
                var after = Clear(rows, now);
                if (after.Length + decided.Keys.Length > Head.MaxShortLived)
                {
                    pending.Shed(ShedReason.TooManyKeys);
                    Rejected.Add(pending);
                    continue;
                }

                rows = after.AddRange(decided.Keys.Select(key => key with { Seq = chain.Seq + 1 }));
            }

            Decisions.Add((pending, decided, _entries.Count));
            state = decided.State;
            Write(decided, pending, chain, taken);
            chain.IsErased |= decided.Erases;
        }

        if (_entries.Count > 0 || Decisions.Exists(static decision => decision.Pending is TallyFlush))
        {
            WriteTally(input, chain);
        }

        if (_entries.Count > 0)
        {
            var next = new Head(chain.Seq, chain.Hash, now, input.Announced, chain.IsErased ? default : head.Salt, rows, state);
            Batch = new(input.Stream, next, token, _entries, _keys, _settlements, _deletions);
        }
    }

    private int Operations => 1 + _entries.Count + _keys.Count + _settlements.Count + _deletions.Count;

    // One entry, its keys, its deletions, a settlement, and the tally that may close the batch.
    private static int RoomFor(Pending pending) => 1 + pending.Keys.Length + DeletionsEach + 1 + 1;

    private void Write(Decided decided, Pending pending, Chain chain, HashSet<KeyHash> taken)
    {
        var first = chain.Seq + 1;
        foreach (var draft in decided.Entries)
        {
            var entry = chain.Next(draft, pending.Operation);
            _entries.Add(entry);
            _bytes += entry.Public.Length + entry.Sealed.Length + 1024;
        }

        foreach (var key in decided.Keys)
        {
            _keys.Add(new(key.Key, first));
            taken.Add(key.Key);
        }

        if (decided.Settles is { } id)
        {
            _settlements.Add(new(id, first));
        }
    }

    private void WriteTally(PlanInput input, Chain chain)
    {
        if (!input.Tally.IsEmpty)
        {
            Tally = input.Tally.Snapshot();
            _entries.Add(chain.Next(input.Tally.ToDraft(), input.TallyOperation));
        }
    }

    private ImmutableArray<ShortLivedRow> Clear(ImmutableArray<ShortLivedRow> rows, DateTimeOffset now)
    {
        for (var (i, cleared) = (0, 0); i < rows.Length && cleared < DeletionsEach; i++)
        {
            // A row that this very batch writes is not yet there to delete.
            if (rows[i].Expires <= now && !_keys.Exists(key => key.Key == rows[i].Key))
            {
                _deletions.Add(rows[i].Key);
                rows = rows.RemoveAt(i--);
                cleared++;
            }
        }

        return rows;
    }

    private static bool ListsAny(ImmutableArray<ShortLivedRow> rows, ImmutableArray<ShortLivedRow> keys)
    {
        foreach (var key in keys)
        {
            foreach (var row in rows)
            {
                if (row.Key == key.Key)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool SharesAny(HashSet<KeyHash> taken, ImmutableArray<ShortLivedRow> keys)
    {
        foreach (var key in keys)
        {
            if (taken.Contains(key.Key))
            {
                return true;
            }
        }

        return false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A decision that throws is a bug of its own; the others in the batch do not pay for it.")]
    private Decided? TryDecide(Pending pending, StreamState state, DecisionTime time)
    {
        try
        {
            return pending.Decide(state, time);
        }
        catch (Exception error)
        {
            pending.Fail(error);
            Rejected.Add(pending);
            return null;
        }
    }

    private sealed class Chain(PlanInput input, long seq, EntryHash hash, DateTimeOffset now)
    {
        private static readonly EntryHash EmptyDigest = EntryHash.FromBytes(SHA256.HashData([]));

        public long Seq { get; private set; } = seq;

        public EntryHash Hash { get; private set; } = hash;

        /// <summary>There is no key any more to seal under: what would be sealed is left out.</summary>
        public bool IsErased { get; set; }

        public Entry Next(EntryDraft draft, OperationId operation)
        {
            Seq++;
            ReadOnlyMemory<byte> sealedPart = default;
            var digest = EmptyDigest;
            if (!draft.Private.IsEmpty && !IsErased)
            {
                var bytes = SealedPart.Seal(input.Cipher, input.Stream, Seq, draft.Kind, draft.Private.Span);
                digest = EntryHash.FromBytes(SHA256.HashData(bytes));
                sealedPart = bytes;
            }

            var entry = new Entry(input.Stream, Seq, draft.Kind, now, operation, draft.Public, sealedPart, digest, Hash);
            Hash = entry.Hash;
            return entry;
        }
    }
}

/// <summary>What a plan needs beside the head and the proposals.</summary>
/// <param name="Now">Own clock, whole milliseconds; the head's time prevails where it is later.</param>
/// <param name="Dropped">Names that the head lists and the store no longer has.</param>
internal sealed record PlanInput(
    StreamId Stream,
    DateTimeOffset Now,
    long Timestamp,
    AesGcm Cipher,
    long Announced,
    RefusalTally Tally,
    OperationId TallyOperation,
    IReadOnlySet<KeyHash> Dropped);
