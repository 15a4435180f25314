using System.Collections.Concurrent;
using Gating.Ledger;
using Microsoft.Extensions.Logging;

namespace Gating.Log.Sealing;

/// <summary>
/// Turns pending pointers into the leaves of the next seal. A leaf is only taken with all that come before it in its stream: what is missing is read from the ledger, so that the tags of a stream
/// are in the log from 1 on without a gap, and each follows the one before it by its hash. A stream of which that cannot be said is frozen, and the others go on.
/// </summary>
internal sealed class LeafCollector(ILedgerStore ledger, ILeafStore store, EntryIndexes indexes, OperatorKey key, ILogger logger)
{
    /// <summary>Looked at at once. Where each leaf is of another stream, a seal is as many small requests: their wait is what it takes, and the handlers' own stand in the same line.</summary>
    private const int Streams = 64;

    /// <summary>Rows looked at in one step on the way down to what is sealed, and entries read in one step on the way up.</summary>
    private const int Window = 500;

    /// <summary>
    /// Reads, and changes nothing but rows that were missing. At most <paramref name="most"/> leaves, ordered by their bytes: leaves of one stream do not stand together, and who seals the same
    /// leaves seals them in the same order. Call it on a state whose seal is wholly applied, or leaves are taken twice.
    /// </summary>
    public async Task<Collected> CollectAsync(IReadOnlyCollection<LeafPlace> pending, int most, CancellationToken cancellation)
    {
        var (leaves, stale, contradictions) = (new ConcurrentBag<IReadOnlyList<StagedLeaf>>(), new ConcurrentBag<LeafPlace>(), new ConcurrentBag<StreamFrozenException>());
        var options = new ParallelOptions { MaxDegreeOfParallelism = Streams, CancellationToken = cancellation };
        await Parallel.ForEachAsync(pending.GroupBy(static place => place.Stream), options, async (places, cancel) =>
        {
            var seqs = places.Select(static place => place.Seq).Order().ToArray();
            try
            {
                var taken = await TakeAsync(places.Key, seqs, most, cancel);
                leaves.Add(taken.Leaves);
                Array.ForEach(taken.Sealed, seq => stale.Add(new(places.Key, seq)));
            }
            catch (StreamFrozenException contradiction)
            {
                contradictions.Add(contradiction);
            }
        });
        return new(Order(leaves, most), [.. stale], [.. contradictions]);
    }

    /// <summary>
    /// Freezes the streams that contradict themselves, and lets go of pointers to what is sealed or frozen. What is missing of a frozen stream its rows without an index say; its pointers would
    /// only be met again in every run.
    /// </summary>
    public async Task SettleAsync(Collected collected, IReadOnlyCollection<LeafPlace> pending, CancellationToken cancellation)
    {
        foreach (var contradiction in collected.Contradictions)
        {
            LogEvents.StreamFrozen(logger, contradiction.Stream, contradiction.Message);
            await store.FreezeAsync(contradiction.Stream, contradiction.Message, cancellation);
        }

        var frozen = collected.Contradictions.Select(static contradiction => contradiction.Stream).ToHashSet();
        LeafPlace[] done = [.. collected.Stale, .. pending.Where(place => frozen.Contains(place.Stream))];
        if (done is not [])
        {
            await store.DeletePendingAsync(done, cancellation);
            CrashPoint.Reach(CrashPoint.AfterStalePointers);
        }
    }

    /// <summary>Whole streams, and of the last one its first leaves: the rest stays pending.</summary>
    private static List<StagedLeaf> Order(IEnumerable<IReadOnlyList<StagedLeaf>> streams, int most)
    {
        var taken = new List<StagedLeaf>();
        foreach (var leaves in streams)
        {
            taken.AddRange(leaves.Take(most - taken.Count));
        }

        var keyed = taken.ConvertAll(static leaf => (Leaf: leaf, Bytes: leaf.Leaf.ToBytes()));
        keyed.Sort(static (left, right) => left.Bytes.AsSpan().SequenceCompareTo(right.Bytes));
        return keyed.ConvertAll(static leaf => leaf.Leaf);
    }

    private async Task<(IReadOnlyList<StagedLeaf> Leaves, long[] Sealed)> TakeAsync(StreamId stream, long[] seqs, int most, CancellationToken cancellation)
    {
        seqs = Array.FindAll(seqs, seq => seq <= seqs[0] + most);
        var rows = await store.ReadAsync(stream, Math.Max(1, seqs[0] - 1), seqs[^1], cancellation);
        var settled = rows.Where(static row => row.Index is not null).Select(static row => row.Seq).ToHashSet();
        var open = Array.FindAll(seqs, seq => !settled.Contains(seq));
        if (open is [])
        {
            return ([], seqs);
        }

        var floor = await FloorAsync(stream, open[0], rows, cancellation);
        var last = Math.Min(open[^1], floor + most);
        var leafKey = LeafKey.Of(key, stream);
        var whole = await CompleteAsync(stream, floor, last, rows, cancellation);
        return ([.. whole.Select(row => new StagedLeaf(stream, row.Seq, leafKey.LeafOf(row.Seq, row.Entry)))], Array.FindAll(seqs, settled.Contains));
    }

    /// <summary>The last sealed seq below <paramref name="seq"/>; 0 where there is none. What is sealed has no gap: what is above it is all that there is to do.</summary>
    private async Task<long> FloorAsync(StreamId stream, long seq, IReadOnlyList<LeafRow> rows, CancellationToken cancellation)
    {
        for (var below = seq - 1; below > 0;)
        {
            var known = rows.LastOrDefault(row => row.Seq <= below && row.Index is not null);
            if (known.Seq > 0)
            {
                return known.Seq;
            }

            below = Math.Min(below, rows is [var first, ..] ? first.Seq - 1 : below);
            var from = Math.Max(1, below - Window + 1);
            rows = below == 0 ? [] : await store.ReadAsync(stream, from, below, cancellation);
            below = rows.Any(static row => row.Index is not null) ? below : from - 1;
        }

        return 0;
    }

    /// <summary>All rows after <paramref name="floor"/> up to <paramref name="last"/>, those that were missing made from the ledger, each following the one before it.</summary>
    private async Task<IReadOnlyList<LeafRow>> CompleteAsync(StreamId stream, long floor, long last, IReadOnlyList<LeafRow> known, CancellationToken cancellation)
    {
        var from = Math.Max(1, floor);
        var rows = known is [var first, ..] && first.Seq <= from && known[^1].Seq >= last ? known : await store.ReadAsync(stream, from, last, cancellation);
        var whole = new List<LeafRow>();
        var previous = floor == 0 ? EntryHash.Genesis : rows.FirstOrDefault(row => row.Seq == floor).Entry;
        var bySeq = rows.ToDictionary(static row => row.Seq);
        for (var seq = floor + 1; seq <= last; seq++)
        {
            if (!bySeq.TryGetValue(seq, out var row))
            {
                await RepairAsync(stream, seq, last, bySeq, cancellation);
                row = bySeq[seq];
            }

            if (row.Previous != previous)
            {
                throw new StreamFrozenException(stream, $"entry {seq} does not follow the entry {seq - 1} that the log has");
            }

            if (row.Index is not null)
            {
                throw new StreamFrozenException(stream, $"leaf {seq} is sealed, and one before it is not");
            }

            whole.Add(row);
            previous = row.Entry;
        }

        return whole;
    }

    /// <summary>Adds rows that are missing from <paramref name="from"/> on, up to the next one that is there.</summary>
    private async Task RepairAsync(StreamId stream, long from, long last, Dictionary<long, LeafRow> rows, CancellationToken cancellation)
    {
        var to = from;
        while (to < last && to - from < Window - 1 && !rows.ContainsKey(to + 1))
        {
            to++;
        }

        var read = new EntriesRead();
        await foreach (var entry in ledger.ReadEntriesAsync(stream, from, to, cancellation))
        {
            if (read.Add(entry))
            {
                await indexes.AddAsync(read.TakeUnindexed(), cancellation);
            }
        }

        var entries = read.Leaves;
        if (entries.Length != to - from + 1)
        {
            throw new StreamFrozenException(stream, $"the log knows of later entries, and of {from} to {to} the ledger has {entries.Length}");
        }

        await indexes.AddAsync(read.TakeUnindexed(), cancellation);
        CrashPoint.Reach(CrashPoint.BeforeMissingRows);
        foreach (var row in await store.AddAsync(entries, cancellation))
        {
            rows[row.Seq] = row;
        }

        CrashPoint.Reach(CrashPoint.AfterMissingRows);
    }
}

/// <summary>What became of pending pointers.</summary>
/// <param name="Leaves">To be sealed, in this order.</param>
/// <param name="Stale">Pointers to leaves that are sealed.</param>
/// <param name="Contradictions">Streams of which nothing was taken. They are only proved where the state did not move while their rows were read.</param>
internal sealed record Collected(IReadOnlyList<StagedLeaf> Leaves, IReadOnlyList<LeafPlace> Stale, IReadOnlyList<StreamFrozenException> Contradictions);
