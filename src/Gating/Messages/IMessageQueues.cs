namespace Gating.Messages;

/// <summary>Where messages are put. At least once: a message whose answer was lost may be put twice.</summary>
public interface IMessageQueues
{
    /// <summary>Puts one message, which does not expire. MUST be durable before it returns; throws <see cref="StorageUnavailableException"/> when that is not known.</summary>
    /// <param name="queue">Its name, before the installation's prefix.</param>
    /// <param name="message">At most 48 KiB.</param>
    /// <param name="delay">How long nobody gets to see it; 0 to 7 days.</param>
    Task PutAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation, TimeSpan delay = default);
}
