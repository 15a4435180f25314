using System.Text;
using Azure.Storage;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Gating.Functions.Tests.Hosting;

/// <summary>
/// One queue trigger as version 5 of the storage extension runs it: ten minutes' lease, deleted after success, hidden for <c>visibilityTimeout</c> after a failure, and in the poison queue after <c>maxDequeueCount</c> of them.
/// Where <c>messageEncoding</c> is base64, what is none goes there at once, raw as it was. A poison queue has no poison queue: what fails there stays hidden until its lease ends.
/// </summary>
internal sealed class QueueListener(FunctionFile function, HostSettings settings, QueueServiceClient queues, Func<FunctionFile, string, Task<InvocationResult>> invoke)
{
    private const string Poison = "-poison";

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly QueueClient _queue = queues.GetQueueClient(function.QueueName);
    private readonly QueueClient? _poison = function.QueueName.EndsWith(Poison, StringComparison.Ordinal) ? null : queues.GetQueueClient(function.QueueName + Poison);

    /// <summary>Without an encoding of its own: what is no base64 is to be seen.</summary>
    public static QueueServiceClient Client(Uri queues, string account, string key) => new(queues, new StorageSharedKeyCredential(account, key), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // The trigger does not make its queue: it waits for it.
            var messages = await _queue.ExistsAsync(stopping) ? (await _queue.ReceiveMessagesAsync(settings.BatchSize, Lease, stopping)).Value : [];
            await Task.WhenAll(messages.Select(TakeAsync));
            if (messages.Length == 0)
            {
                await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TakeAsync(QueueMessage message)
    {
        if (message.DequeueCount > settings.MaxDequeueCount)
        {
            await PoisonAsync(message, message.MessageText);
            return;
        }

        var bytes = new byte[message.MessageText.Length];
        if (settings.IsBase64 && !Convert.TryFromBase64String(message.MessageText, bytes, out _))
        {
            await PoisonAsync(message, message.MessageText);
            return;
        }

        var content = settings.IsBase64 ? Convert.FromBase64String(message.MessageText) : Encoding.UTF8.GetBytes(message.MessageText);
        var result = await invoke(function, Invocation.OfMessage(function, content, message.MessageId, message.DequeueCount));
        if (result is InvocationResult.Success)
        {
            await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
        else if (message.DequeueCount >= settings.MaxDequeueCount)
        {
            await PoisonAsync(message, message.MessageText);
        }
        else if (_poison is not null)
        {
            await _queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.MessageText, settings.VisibilityTimeout);
        }
    }

    private async Task PoisonAsync(QueueMessage message, string text)
    {
        if (_poison is null)
        {
            return;
        }

        await _poison.CreateIfNotExistsAsync();
        await _poison.SendMessageAsync(text);
        await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
    }
}
