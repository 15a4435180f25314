using System.Security.Cryptography;

namespace Gating.Messages;

/// <summary>A message that was set aside, with why.</summary>
/// <param name="Reason">A handler's word; <c>worn_out</c>: it had come too often.</param>
/// <param name="Token">As it was read: removes this and nothing that was set aside after it. Null before it is kept.</param>
public sealed record DeadLetter(string Queue, ReadOnlyMemory<byte> Message, string Reason, string Detail, DateTimeOffset At, string? Token = null)
{
    /// <summary>SHA-256 of the message, in hexadecimal: the same message is one letter, however often it comes.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Message.Span));
}

/// <summary>
/// Messages that could not be done, kept until an operator replays or drops them. Every method throws <see cref="StorageUnavailableException"/> when the answer is not known. Safe for
/// concurrent use by any number of instances.
/// </summary>
public interface IDeadLetters
{
    /// <summary>Keeps it, in the place of an earlier one with the same message. Durable before it returns.</summary>
    Task PutAsync(DeadLetter letter, CancellationToken cancellation);

    /// <summary>Null where there is none.</summary>
    Task<DeadLetter?> FindAsync(string queue, string id, CancellationToken cancellation);

    /// <summary>All of a queue, in the order of their ids.</summary>
    IAsyncEnumerable<DeadLetter> ReadAsync(string queue, CancellationToken cancellation);

    /// <summary>Removes one as it was read; false where it was set aside again since, or is gone.</summary>
    Task<bool> RemoveAsync(DeadLetter letter, CancellationToken cancellation);
}
