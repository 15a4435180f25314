using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Evidence;

/// <summary>An entry with its proof; null where the checkpoint does not cover it.</summary>
internal sealed record SealedEntry(Entry Entry, SealedLeaf? Leaf);

/// <summary>
/// Reads entries and proves them, all against one checkpoint: entries that stand together by one query, the others by point reads, tiles through a bounded cache. Writes nothing; gives no proof that does not verify. Throws what
/// <see cref="Receipts.ReceiptMaker"/> throws.
/// </summary>
internal sealed class SealedEntries(LogStores stores, OperatorKey data, Checkpoint checkpoint)
{
    /// <summary>Requests under way at once, and proofs.</summary>
    private const int AtOnce = 16;

    /// <summary>Tiles kept, up to twice as many: about 8 MB.</summary>
    private const int MaxTiles = 256;

    private const int MaxKeys = 256;

    private readonly TileProofs _proofs = new(stores.Log.ReadTileAsync, MaxTiles);
    private readonly AgingCache<StreamId, LeafKey> _keys = new(MaxKeys);

    /// <summary>In the order given.</summary>
    public async Task<SealedEntry[]> ReadAsync(IReadOnlyList<LeafPlace> places, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        var read = new (Entry Entry, LeafRow? Row)[places.Count];
        await Parallel.ForEachAsync(Runs(places), options, async (run, cancel) => await ReadRunAsync(places[run.First], read.AsMemory(run.First, run.Count), cancel));
        var found = new SealedEntry[places.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, found.Length), options, async (i, cancel) => found[i] = new(read[i].Entry, await ProveAsync(read[i].Entry, read[i].Row, cancel)));
        return found;
    }

    /// <summary>What stands together in one stream.</summary>
    private static IEnumerable<(int First, int Count)> Runs(IReadOnlyList<LeafPlace> places)
    {
        for (var first = 0; first < places.Count;)
        {
            var count = 1;
            while (first + count < places.Count && places[first + count] == new LeafPlace(places[first].Stream, places[first].Seq + count))
            {
                count++;
            }

            yield return (first, count);
            first += count;
        }
    }

    private async Task ReadRunAsync(LeafPlace first, Memory<(Entry Entry, LeafRow? Row)> run, CancellationToken cancellation)
    {
        var (stream, last) = (first.Stream, first.Seq + run.Length - 1);
        var rowsRead = stores.Leaves.ReadAsync(stream, first.Seq, last, cancellation);
        var count = 0;
        if (run.Length == 1)
        {
            if (await stores.Ledger.ReadEntryAsync(stream, first.Seq, cancellation) is { } entry)
            {
                run.Span[count++].Entry = entry;
            }
        }
        else
        {
            await foreach (var entry in stores.Ledger.ReadEntriesAsync(stream, first.Seq, last, cancellation))
            {
                if (entry.Seq != first.Seq + count)
                {
                    break;
                }

                run.Span[count++].Entry = entry;
            }
        }

        foreach (var row in await rowsRead)
        {
            run.Span[(int)(row.Seq - first.Seq)].Row = row;
        }

        if (count < run.Length)
        {
            throw new StreamFrozenException(stream, $"entry {first.Seq + count} is not there");
        }
    }

    private async Task<SealedLeaf?> ProveAsync(Entry entry, LeafRow? row, CancellationToken cancellation)
    {
        if (row is { } logged && logged.Entry != entry.Hash)
        {
            throw new StreamFrozenException(entry.Stream, $"entry {entry.Seq} is another than the one that was logged");
        }

        if (row is not { Index: { } index })
        {
            return await stores.Leaves.ReadFrozenAsync(entry.Stream, cancellation) is { } why ? throw new StreamFrozenException(entry.Stream, why) : null;
        }

        if (index >= checkpoint.Size)
        {
            return null;
        }

        var key = _keys.GetOrAdd(entry.Stream, (data, entry.Stream), static state => LeafKey.Of(state.data, state.Stream));
        var opening = LeafOpening.Of(key, entry.Seq, entry.Hash);
        return new(index, opening.Tag, opening.Opening, await _proofs.InclusionAsync(opening.Leaf.Hash, index, checkpoint.Size, checkpoint.Root, cancellation));
    }
}
