using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gating.Erasure;
using Gating.Ledger;

namespace Gating.Testing.Storage;

/// <summary>The list of erasures in memory.</summary>
public sealed class InMemoryErasureList(Faults? faults = null) : IErasureList
{
    private readonly ConcurrentDictionary<StreamId, bool> _streams = new();

    public Faults Faults { get; } = faults ?? new();

    public Task AddAsync(StreamId stream, CancellationToken cancellation) => Faults.RunAsync(StoreCall.ListErasure, () => _streams.TryAdd(stream, true), cancellation);

    public async IAsyncEnumerable<StreamId> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var stream in await Faults.RunAsync(StoreCall.ReadErasures, () => _streams.Keys.ToArray(), cancellation))
        {
            yield return stream;
        }
    }
}
