using System.Collections.Concurrent;
using Gating.Ledger;

namespace Gating.Testing.Storage;

/// <summary>The naming rows in memory: first come first named, until released.</summary>
public sealed class InMemoryNameStore(Faults? faults = null) : INameStore
{
    private readonly ConcurrentDictionary<NameHash, StreamId> _names = new();

    public Faults Faults { get; } = faults ?? new();

    public int Count => _names.Count;

    public Task<StreamId?> FindAsync(NameHash name, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.FindName, () => _names.TryGetValue(name, out var stream) ? stream : (StreamId?)null, cancellation);

    public Task<StreamId> ClaimAsync(NameHash name, StreamId stream, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ClaimName, () => _names.GetOrAdd(name, stream), cancellation);

    public Task ReleaseAsync(NameHash name, StreamId stream, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReleaseName, () => _names.TryRemove(new(name, stream)), cancellation);
}
