namespace Gating.Ledger;

/// <summary>Entries <paramref name="From"/> to <paramref name="To"/> (both included) of a stream wait for the log.</summary>
public readonly record struct TraceReference(StreamId Stream, long From, long To);

/// <summary>The <c>trace</c> queue. At least once: a reference may arrive twice, and may name a row that was never committed.</summary>
public interface ITraceQueue
{
    /// <summary>
    /// Puts all references in one message, which does not expire. MUST be durable before it returns; throws <see cref="StorageUnavailableException"/>
    /// when it cannot know. At most <see cref="MaxReferences"/> in one call.
    /// </summary>
    Task PutAsync(IReadOnlyList<TraceReference> references, CancellationToken cancellation);

    /// <summary>Keeps a message under 48 KiB, which is the queue's 64 KiB before base64.</summary>
    const int MaxReferences = 500;
}
