namespace Gating.Messages;

/// <summary>
/// What is done about the messages of one queue. Messages come at least once, in any order, and from anybody who may write to the queue: a handler MUST be idempotent, and MUST believe
/// only what the message's own bytes prove. Safe for concurrent use.
/// </summary>
public interface IMessageHandler
{
    /// <summary>The queue's name, before the installation's prefix.</summary>
    string Queue { get; }

    /// <summary>Throws <see cref="StorageUnavailableException"/> where it cannot know what it did: the message comes again.</summary>
    /// <param name="message">Decoded from base64; at most 48 KiB.</param>
    Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);
}
