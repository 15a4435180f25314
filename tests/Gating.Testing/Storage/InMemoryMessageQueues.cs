using System.Collections.Concurrent;
using Gating.Messages;

namespace Gating.Testing.Storage;

/// <summary>Queues in memory: keep every message with its delay, in the order in which they came, until the test takes it.</summary>
public sealed class InMemoryMessageQueues(Faults? faults = null) : IMessageQueues
{
    private readonly ConcurrentQueue<QueuedMessage> _messages = new();

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyList<QueuedMessage> Messages => [.. _messages];

    public Task PutAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation, TimeSpan delay = default)
    {
        var queued = new QueuedMessage(queue, message.ToArray(), delay);
        return Faults.RunAsync(
            StoreCall.PutMessage,
            () =>
            {
                _messages.Enqueue(queued);
                return 0;
            },
            cancellation);
    }

    /// <summary>Takes the first one, due or not; null where there is none.</summary>
    public QueuedMessage? Take() => _messages.TryDequeue(out var message) ? message : null;
}

/// <summary>A message that waits.</summary>
public sealed record QueuedMessage(string Queue, ReadOnlyMemory<byte> Message, TimeSpan Delay);
