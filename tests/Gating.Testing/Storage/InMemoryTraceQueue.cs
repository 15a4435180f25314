using System.Collections.Concurrent;
using Gating.Ledger;

namespace Gating.Testing.Storage;

/// <summary>The <c>trace</c> queue in memory: keeps every message in the order in which it came.</summary>
public sealed class InMemoryTraceQueue(Faults? faults = null) : ITraceQueue
{
    private readonly ConcurrentQueue<IReadOnlyList<TraceReference>> _messages = new();

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyList<IReadOnlyList<TraceReference>> Messages => [.. _messages];

    /// <summary>All references of all messages, in order.</summary>
    public IReadOnlyList<TraceReference> References => [.. _messages.SelectMany(message => message)];

    public Task PutAsync(IReadOnlyList<TraceReference> references, CancellationToken cancellation)
    {
        if (references.Count is 0 or > ITraceQueue.MaxReferences)
        {
            throw new ArgumentException($"{references.Count} references in a message.", nameof(references));
        }

        TraceReference[] message = [.. references];
        return Faults.RunAsync(
            StoreCall.PutTrace,
            () =>
            {
                _messages.Enqueue(message);
                return 0;
            },
            cancellation);
    }
}
