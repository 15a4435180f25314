using Gating.Azure.Messages;
using Gating.Ledger;
using Gating.Messages;

namespace Gating.Azure.Ledger;

/// <summary>The <c>trace</c> queue among the others. A retry may put a message twice; the reader expects that.</summary>
public sealed class StorageTraceQueue : ITraceQueue
{
    private readonly StorageQueues _queues;

    internal StorageTraceQueue(StorageQueues queues) => _queues = queues;

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _queues.EnsureCreatedAsync(QueueNames.Trace, cancellation);

    public Task PutAsync(IReadOnlyList<TraceReference> references, CancellationToken cancellation) =>
        _queues.PutAsync(QueueNames.Trace, TraceMessage.Write(references), cancellation);
}
