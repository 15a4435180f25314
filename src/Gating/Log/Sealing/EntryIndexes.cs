using Gating.Ledger;

namespace Gating.Log.Sealing;

/// <summary>
/// All that entries are found by. Whoever adds leaf rows calls it first: what the log has is found, whichever way it came there. Safe for concurrent use. Throws <see cref="StorageUnavailableException"/>;
/// some rows may be there then.
/// </summary>
public sealed class EntryIndexes(IEnumerable<IEntryIndex> indexes)
{
    private readonly IEntryIndex[] _indexes = [.. indexes];

    public Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation) =>
        entries is [] ? Task.CompletedTask : Task.WhenAll(_indexes.Select(index => index.AddAsync(entries, cancellation)));
}
