using Gating.Ledger;

namespace Gating.Tests.Ledger.Append;

/// <summary>A store that passes everything on, for tests that change one thing.</summary>
internal abstract class LedgerStoreDecorator(ILedgerStore inner) : ILedgerStore
{
    public virtual Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) => inner.ReadHeadAsync(stream, cancellation);

    public virtual Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) => inner.ReadEntryAsync(stream, seq, cancellation);

    public virtual Task<KeyRow?> ReadKeyAsync(StreamId stream, KeyHash key, CancellationToken cancellation) => inner.ReadKeyAsync(stream, key, cancellation);

    public virtual Task<SettlementRow?> ReadSettlementAsync(StreamId stream, SettlementId id, CancellationToken cancellation) => inner.ReadSettlementAsync(stream, id, cancellation);

    public virtual IAsyncEnumerable<Entry> ReadEntriesAsync(StreamId stream, long from, long to, CancellationToken cancellation) => inner.ReadEntriesAsync(stream, from, to, cancellation);

    public virtual Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation) => inner.CommitAsync(batch, cancellation);
}
