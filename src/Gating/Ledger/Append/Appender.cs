namespace Gating.Ledger;

/// <summary>
/// Appends to ledgers. In the steady state an append costs one storage round trip: the head is cached, the decision is pure, and one entity-group
/// transaction makes it durable while the reference for the log is queued beside it. Safe for concurrent use; any number of instances may append to the same streams.
/// </summary>
public sealed class Appender(ILedgerStore store, ITraceQueue queue, OperatorKey key, TimeProvider time)
{
    /// <summary>Proposals that may wait for one stream on one instance.</summary>
    public const int MaxWaiting = 256;

    /// <summary>Streams whose heads are kept in memory, twice over (<see cref="AgingCache{TKey, TValue}"/>).</summary>
    private const int CachedStreams = 8192;

    /// <summary>How long a proposal contends for its stream before it is shed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A decision older than this when it is about to be sent is taken again.</summary>
    public static readonly TimeSpan DecisionLife = TimeSpan.FromSeconds(5);

    /// <summary>How long refusals may be counted in memory before the count is written.</summary>
    public static readonly TimeSpan TallyLife = TimeSpan.FromMinutes(1);

    private readonly AppenderContext _context = new(store, new(queue), key, time);
    private readonly AgingCache<StreamId, StreamAppender> _streams = new(CachedStreams);

    /// <summary>
    /// Decides and commits. Completes after the transaction is durable and its reference is queued; never cancelled on the way. Throws
    /// <see cref="StorageUnavailableException"/> when the outcome is unknown and <see cref="StreamFrozenException"/> when the stream's rows contradict its head.
    /// </summary>
    /// <param name="isNew">The caller just drew the stream's id: its head need not be read to know that there is none.</param>
    public Task<AppendOutcome<T>> AppendAsync<T>(StreamId stream, Proposal<T> proposal, bool isNew)
    {
        var appender = AppenderOf(stream);
        if (isNew)
        {
            appender.AssumeNew();
        }

        var pending = new Pending<T>(proposal, _context.Timestamp);
        return appender.TryEnqueue(pending)
            ? pending.Outcome
            : Task.FromResult<AppendOutcome<T>>(new AppendOutcome<T>.Shed(ShedReason.TooManyWaiting));
    }

    /// <summary>
    /// The stream's head as it stands now and the entry at <paramref name="seq"/>, announced to the log before it is returned: what a repeated request is answered from.
    /// Null where there is no such entry.
    /// </summary>
    public async Task<(Head Head, Entry Entry)?> ReadAnnouncedAsync(StreamId stream, long seq, CancellationToken cancellation)
    {
        var stored = await store.ReadHeadAsync(stream, cancellation);
        if (stored is null || await store.ReadEntryAsync(stream, seq, cancellation) is not { } entry)
        {
            return null;
        }

        if (stored.Head.Announced < seq)
        {
            // Its first answer may have been lost because this put failed: it is not acknowledged now either without it.
            await _context.Announcer.PutAsync(new(stream, stored.Head.Announced + 1, seq));
        }

        return (stored.Head, entry);
    }

    private StreamAppender AppenderOf(StreamId stream) => _streams.GetOrAdd(stream, (context: _context, stream), static state => new(state.stream, state.context));
}
