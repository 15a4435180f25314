using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;

namespace Gating.Testing.Storage;

/// <summary>The leaf port in memory. It also checks what no real store checks: that a pointer has its row, and that a leaf's index never changes.</summary>
public sealed class InMemoryLeafStore(Faults? faults = null) : ILeafStore
{
    private const long FewSeqs = 4096;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<(Bits128 Stream, long Seq), LeafRow> _rows = [];
    private readonly HashSet<LeafPlace> _pending = [];
    private readonly Dictionary<StreamId, string> _frozen = [];

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyList<LeafRow> Rows
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows.Values];
            }
        }
    }

    public IReadOnlyList<LeafPlace> Pending
    {
        get
        {
            lock (_lock)
            {
                return [.. _pending];
            }
        }
    }

    public Task<IReadOnlyList<LeafRow>> AddAsync(IReadOnlyList<NewLeaf> leaves, CancellationToken cancellation) => RunAsync<IReadOnlyList<LeafRow>>(StoreCall.AddLeaves, () =>
    {
        foreach (var leaf in leaves)
        {
            _rows.TryAdd((leaf.Stream.Value, leaf.Seq), new(leaf.Stream, leaf.Seq, leaf.Entry, leaf.Previous, null));
        }

        return [.. leaves.Select(leaf => _rows[(leaf.Stream.Value, leaf.Seq)])];
    }, cancellation);

    public Task<IReadOnlyList<LeafRow>> ReadAsync(StreamId stream, long from, long to, CancellationToken cancellation) => RunAsync<IReadOnlyList<LeafRow>>(
        StoreCall.ReadLeaves, () => to - from < FewSeqs ? Few(stream, from, to) : [.. _rows.Values.Where(row => row.Stream == stream && row.Seq >= from && row.Seq <= to)], cancellation);

    public Task SetIndexesAsync(IReadOnlyList<LeafIndex> indexes, CancellationToken cancellation) => RunAsync(StoreCall.SetIndexes, () =>
    {
        foreach (var index in indexes)
        {
            var row = _rows.TryGetValue((index.Stream.Value, index.Seq), out var found) ? found : throw new LogFrozenException($"leaf {index.Seq} of stream {index.Stream} is in the log and its row is gone");
            _rows[(index.Stream.Value, index.Seq)] = row.Index is null || row.Index == index.Index ? row with { Index = index.Index } : throw Faults.Violation($"Leaf {index.Seq} of stream {index.Stream} moved.");
        }

        return 0;
    }, cancellation);

    public Task AddPendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation) => RunAsync(StoreCall.AddPending, () =>
    {
        foreach (var place in places)
        {
            _pending.Add(_rows.ContainsKey((place.Stream.Value, place.Seq)) ? place : throw Faults.Violation($"A pointer to leaf {place.Seq} of stream {place.Stream}, which has no row."));
        }

        return 0;
    }, cancellation);

    public Task<IReadOnlyList<LeafPlace>> ReadPendingAsync(int most, CancellationToken cancellation) =>
        RunAsync<IReadOnlyList<LeafPlace>>(StoreCall.ReadPending, () => [.. _pending.Take(most)], cancellation);

    public Task DeletePendingAsync(IReadOnlyCollection<LeafPlace> places, CancellationToken cancellation) =>
        RunAsync(StoreCall.DeletePending, () => places.Count(_pending.Remove), cancellation);

    public Task FreezeAsync(StreamId stream, string why, CancellationToken cancellation) => RunAsync(StoreCall.FreezeStream, () => _frozen.TryAdd(stream, why), cancellation);

    public Task<string?> ReadFrozenAsync(StreamId stream, CancellationToken cancellation) => RunAsync(StoreCall.ReadFrozen, () => _frozen.GetValueOrDefault(stream), cancellation);

    /// <summary>Loses a row past the store's own rules.</summary>
    public void Lose(StreamId stream, long seq)
    {
        lock (_lock)
        {
            _rows.Remove((stream.Value, seq));
        }
    }

    /// <summary>One by one: looking through all rows would make a long log of it.</summary>
    private List<LeafRow> Few(StreamId stream, long from, long to)
    {
        var found = new List<LeafRow>();
        for (var seq = from; seq <= to; seq++)
        {
            if (_rows.TryGetValue((stream.Value, seq), out var row))
            {
                found.Add(row);
            }
        }

        return found;
    }

    private Task<T> RunAsync<T>(StoreCall call, Func<T> effect, CancellationToken cancellation) => Faults.RunAsync(call, () =>
    {
        lock (_lock)
        {
            return effect();
        }
    }, cancellation);
}
