using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;
using Gating.Messages;

namespace Gating.Azure.Messages;

/// <summary>Messages in Queue storage: base64, as the Functions host expects them, and never expiring. A queue is created before its first use.</summary>
public sealed class StorageQueues : IMessageQueues, IMessageSource
{
    /// <summary>Queue storage's word for "never".</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueServiceClient _service;
    private readonly TableKeys _keys;
    private readonly ConcurrentDictionary<string, (QueueClient Client, Setup Setup)> _queues = new(StringComparer.Ordinal);

    /// <param name="service">Without an encoding: what is not base64 must not stop the messages that come with it.</param>
    internal StorageQueues(QueueServiceClient service, TableKeys keys) => (_service, _keys) = (service, keys);

    public async Task EnsureCreatedAsync(string queue, CancellationToken cancellation) => await OpenAsync(queue, cancellation);

    public async Task PutAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation, TimeSpan delay = default)
    {
        var text = Convert.ToBase64String(message.Span);
        var client = await OpenAsync(queue, cancellation);
        await GuardAsync(() => client.SendMessageAsync(text, delay, Never, cancellation), queue, cancellation);
    }

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(string queue, int most, TimeSpan lease, CancellationToken cancellation)
    {
        var client = await OpenAsync(queue, cancellation);
        var received = await GuardAsync(() => client.ReceiveMessagesAsync(most, lease, cancellation), queue, cancellation);
        return [.. received.Value.Select(static message => new Delivery(message.MessageId, message.PopReceipt, message.MessageText, (int)message.DequeueCount))];
    }

    public async Task<Delivery?> KeepAsync(string queue, Delivery delivery, TimeSpan lease, CancellationToken cancellation)
    {
        var client = await OpenAsync(queue, cancellation);

        // With its text: an update without one empties the message.
        var kept = await GuardAsync(
            () => OrNullAsync(() => client.UpdateMessageAsync(delivery.Id, delivery.Receipt, delivery.Text, lease, cancellation)), queue, cancellation);
        return kept is null ? null : delivery with { Receipt = kept.Value.PopReceipt };
    }

    public async Task RemoveAsync(string queue, Delivery delivery, CancellationToken cancellation)
    {
        var client = await OpenAsync(queue, cancellation);
        await GuardAsync(() => OrNullAsync(() => client.DeleteMessageAsync(delivery.Id, delivery.Receipt, cancellation)), queue, cancellation);
    }

    private async ValueTask<QueueClient> OpenAsync(string queue, CancellationToken cancellation)
    {
        var (client, setup) = _queues.GetOrAdd(queue, static (queue, self) => self.New(queue), this);
        await setup.EnsureAsync(cancellation);
        return client;
    }

    private (QueueClient Client, Setup Setup) New(string queue)
    {
        var client = _service.GetQueueClient(_keys.Queue(queue));
        return (client, new(async cancellation => await GuardAsync(() => client.CreateIfNotExistsAsync(cancellationToken: cancellation), queue, cancellation)));
    }

    // Gone, or received by somebody else since: the receipt no longer is the latest.
    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> request)
        where T : class
    {
        try
        {
            return await request();
        }
        catch (RequestFailedException lost) when (lost.Status == 404 || string.Equals(lost.ErrorCode, "PopReceiptMismatch", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static Task<T> GuardAsync<T>(Func<Task<T>> request, string queue, CancellationToken cancellation) => StorageSilence.GuardAsync(request, queue + " queue", cancellation);
}
