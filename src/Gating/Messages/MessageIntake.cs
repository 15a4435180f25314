using System.Collections.Frozen;

namespace Gating.Messages;

/// <summary>
/// What happens to a message, whoever brings it (the Functions host, or our own driver): its handler has its say, and what will not be done is set aside with the reason before the queue
/// may forget it. A crash in between leaves a letter of a message that comes once more; the same message is one letter.
/// </summary>
public sealed class MessageIntake(IEnumerable<IMessageHandler> handlers, IDeadLetters letters, TimeProvider time)
{
    /// <summary>Deliveries before a message that cannot be done is set aside: <c>maxDequeueCount</c> of the Functions host, too.</summary>
    public const int MaxDeliveries = 5;

    private readonly FrozenDictionary<string, IMessageHandler> _handlers = handlers.ToFrozenDictionary(static handler => handler.Queue, StringComparer.Ordinal);

    public IReadOnlyCollection<string> Queues => _handlers.Keys;

    /// <summary>
    /// The queue may forget the message after any answer but <see cref="MessageOutcome.NotYet"/>. Throws <see cref="StorageUnavailableException"/>: then it must not. An outage of storage wears
    /// no message out, and a handler that breaks stops none of the others.
    /// </summary>
    /// <param name="isLast">It has come too often: whatever is not done now is set aside.</param>
    public async Task<MessageOutcome> TakeAsync(string queue, ReadOnlyMemory<byte> message, bool isLast, CancellationToken cancellation)
    {
        var outcome = await HandleAsync(queue, message, cancellation);
        if (isLast && outcome is MessageOutcome.NotYet late)
        {
            outcome = new MessageOutcome.Refused("worn_out", late.Why);
        }

        if (outcome is MessageOutcome.Refused { IsTold: false } refused)
        {
            await letters.PutAsync(new(queue, message, refused.Reason, refused.Detail, time.GetUtcNow()), cancellation);
        }

        return outcome;
    }

    private async Task<MessageOutcome> HandleAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        try
        {
            return await _handlers[queue].HandleAsync(message, cancellation);
        }
#pragma warning disable CA1031 // A bug over one message must not stop the queue, nor lose the message.
        catch (Exception error) when (error is not StorageUnavailableException && !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // The type alone: a message could carry what somebody sent.
            return new MessageOutcome.NotYet($"The handler broke over it ({error.GetType().Name}).");
        }
    }
}
