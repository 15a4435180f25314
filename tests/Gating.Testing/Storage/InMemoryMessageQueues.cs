using System.Collections.Concurrent;
using Gating.Messages;

namespace Gating.Testing.Storage;

/// <summary>Queues in memory: keep every message in the order in which it came.</summary>
public sealed class InMemoryMessageQueues(Faults? faults = null) : IMessageQueues
{
    private readonly ConcurrentQueue<(string Queue, byte[] Message)> _messages = new();

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyList<byte[]> Of(string queue) => [.. _messages.Where(one => string.Equals(one.Queue, queue, StringComparison.Ordinal)).Select(static one => one.Message)];

    public Task PutAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var bytes = message.ToArray();
        return Faults.RunAsync(
            StoreCall.PutMessage,
            () =>
            {
                _messages.Enqueue((queue, bytes));
                return 0;
            },
            cancellation);
    }
}
