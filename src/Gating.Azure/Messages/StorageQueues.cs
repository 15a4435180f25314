using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Gating.Messages;

namespace Gating.Azure.Messages;

/// <summary>Queues by name in Queue storage: base64, as the Functions host expects it; messages never expire. Each queue is created before its first message.</summary>
public sealed class StorageQueues : IMessageQueues
{
    /// <summary>Queue storage's word for "never".</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly ConcurrentDictionary<string, (QueueClient Queue, Setup Setup)> _queues = new(StringComparer.Ordinal);
    private readonly Func<string, QueueClient> _open;

    internal StorageQueues(Func<string, QueueClient> open) => _open = open;

    public async Task PutAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var (client, setup) = _queues.GetOrAdd(queue, Open);
        await setup.EnsureAsync(cancellation);
        await StorageSilence.GuardAsync(() => client.SendMessageAsync(new BinaryData(message), visibilityTimeout: null, Never, cancellation), queue + " queue", cancellation);
    }

    private (QueueClient Queue, Setup Setup) Open(string name)
    {
        var queue = _open(name);
        return (queue, new(async cancellation => await StorageSilence.GuardAsync(() => queue.CreateIfNotExistsAsync(cancellationToken: cancellation), name + " queue", cancellation)));
    }
}
