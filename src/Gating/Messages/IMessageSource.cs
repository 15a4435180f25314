namespace Gating.Messages;

/// <summary>One message as it was received: ours until its lease ends.</summary>
/// <param name="Id">The queue's own.</param>
/// <param name="Receipt">Proves that this delivery is the latest.</param>
/// <param name="Text">As it lies in the queue.</param>
/// <param name="Count">How often it was received, this time included.</param>
public sealed record Delivery(string Id, string Receipt, string Text, int Count)
{
    /// <summary>The message: base64 decoded, as the Functions host decodes it; where it is none, its own bytes, which no handler takes for anything.</summary>
    public ReadOnlyMemory<byte> Message()
    {
        var bytes = new byte[Text.Length];
        return Convert.TryFromBase64String(Text, bytes, out var length) ? bytes.AsMemory(0, length) : System.Text.Encoding.UTF8.GetBytes(Text);
    }
}

/// <summary>
/// Where messages are taken from when no Functions host does it for us. A message that is neither removed nor kept is received again when its lease ends: a crash loses none. Every method
/// throws <see cref="StorageUnavailableException"/> when the answer is not known. Safe for concurrent use by any number of instances.
/// </summary>
public interface IMessageSource
{
    /// <summary>Messages that nobody holds now, none where there are none.</summary>
    /// <param name="queue">Its name, before the installation's prefix.</param>
    /// <param name="most">1 to 32.</param>
    Task<IReadOnlyList<Delivery>> ReceiveAsync(string queue, int most, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Nobody else receives it before <paramref name="lease"/> has passed. The delivery that stands from now on; null where this one no longer was the latest.</summary>
    Task<Delivery?> KeepAsync(string queue, Delivery delivery, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Removes it, unless it was received anew or is gone.</summary>
    Task RemoveAsync(string queue, Delivery delivery, CancellationToken cancellation);
}
