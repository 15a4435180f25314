namespace Gating.Signals;

/// <summary>A stream as it was read.</summary>
/// <param name="Token">Replaces or removes this and nothing that was written after it.</param>
public sealed record StoredSignalStream(SignalStream Stream, string Token);

/// <summary>What became of one event that was to be kept.</summary>
public enum KeptSignal
{
    /// <summary>It is kept from now on, by this call or by its twin whose answer was lost.</summary>
    Added = 1,

    /// <summary>It was there, and waits.</summary>
    Waiting = 2,

    /// <summary>It was there, and its receiver has it.</summary>
    Received = 3,
}

/// <summary>
/// The streams of security events and the events that wait in them: one stream for an app. Every method throws <see cref="StorageUnavailableException"/> when the answer is not known. Safe for concurrent use by any
/// number of instances.
/// </summary>
public interface ISignalStore
{
    Task<StoredSignalStream?> FindStreamAsync(string app, CancellationToken cancellation);

    /// <summary>Writes it in place of the one that was read with <paramref name="token"/>; null: there is to be none yet. False where that is not so any more.</summary>
    Task<bool> WriteStreamAsync(SignalStream stream, string? token, CancellationToken cancellation);

    /// <summary>Removes the stream with all that waits in it; false where it is not the one that was read any more.</summary>
    Task<bool> RemoveStreamAsync(string app, string token, CancellationToken cancellation);

    /// <summary>Keeps an event until it is received; one of the same id that is there stays as it is.</summary>
    Task<KeptSignal> AddAsync(string app, SecurityEvent signal, CancellationToken cancellation);

    /// <summary>Null where it is not there, or was received.</summary>
    Task<SecurityEvent?> FindAsync(string app, string id, CancellationToken cancellation);

    /// <summary>Those that wait, in no order.</summary>
    IAsyncEnumerable<SecurityEvent> ReadAsync(string app, CancellationToken cancellation);

    /// <summary>Its receiver has it, or never will: it waits no more. Its id is remembered until <see cref="PurgeAsync"/> takes it.</summary>
    Task SettleAsync(string app, string id, CancellationToken cancellation);

    /// <summary>Forgets what was received before one time, and what has waited since before the other.</summary>
    Task PurgeAsync(string app, DateTimeOffset received, DateTimeOffset waiting, CancellationToken cancellation);
}
