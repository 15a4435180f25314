using Azure.Storage.Queues;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>The <c>trace</c> queue in Queue storage: base64, as the Functions host expects it; messages never expire.</summary>
public sealed class StorageTraceQueue : ITraceQueue
{
    /// <summary>Queue storage's word for "never".</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue;
    private readonly Setup _setup;

    internal StorageTraceQueue(QueueClient queue)
    {
        _queue = queue;
        _setup = new(async cancellation => await GuardAsync(() => queue.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation));
    }

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task PutAsync(IReadOnlyList<TraceReference> references, CancellationToken cancellation)
    {
        var message = new BinaryData(TraceMessage.Write(references));
        await _setup.EnsureAsync(cancellation);

        // A retry may put it twice; the reader expects that. What it must not do is return before the message is there.
        await GuardAsync(() => _queue.SendMessageAsync(message, visibilityTimeout: null, Never, cancellation), cancellation);
    }

    private static Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellation) =>
        StorageSilence.GuardAsync(request, "trace queue", cancellation);
}
