using Gating.Ledger;

namespace Gating.Log.Sealing;

/// <summary>
/// All that entries are found by. Whoever adds leaf rows calls it first: what the log has is found, whichever way it came there. The message that refers to an entry and the sealer, which needs what
/// comes before a leaf, often come to the same one: what this instance has indexed, or is indexing, it does not index again. Safe for concurrent use. Throws
/// <see cref="StorageUnavailableException"/>; some rows may be there then.
/// </summary>
public sealed class EntryIndexes(IEnumerable<IEntryIndex> indexes)
{
    /// <summary>Entries that are remembered, twice over (<see cref="AgingCache{TKey, TValue}"/>): what is not is written again, and found to be there.</summary>
    private const int Remembered = 32_768;

    private readonly IEntryIndex[] _indexes = [.. indexes];
    private readonly AgingCache<EntryHash, Task> _indexed = new(Remembered);

    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var left = entries;
        while (left.Count > 0)
        {
            // One's own first: nobody waits for somebody who waits.
            var (own, others) = Share(left, out var done);
            await IndexAsync(own, done, cancellation);
            foreach (var other in others.Select(static one => one.Done).Distinct())
            {
                await other.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            cancellation.ThrowIfCancellationRequested();
            left = [.. others.Where(static one => !one.Done.IsCompletedSuccessfully).Select(static one => one.Entry)];
        }
    }

    /// <summary>Which of them nobody indexes yet, and whom to wait for with the others.</summary>
    private (List<Entry> Own, List<(Entry Entry, Task Done)> Others) Share(IReadOnlyList<Entry> entries, out TaskCompletionSource done)
    {
        done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var (own, others) = (new List<Entry>(), new List<(Entry, Task)>());
        foreach (var entry in entries)
        {
            var by = _indexed.GetOrAdd(entry.Hash, done.Task, static mine => mine);
            if (by.IsFaulted)
            {
                _indexed.Set(entry.Hash, by = done.Task);
            }

            if (by == done.Task)
            {
                own.Add(entry);
            }
            else
            {
                others.Add((entry, by));
            }
        }

        return (own, others);
    }

    private async Task IndexAsync(List<Entry> entries, TaskCompletionSource done, CancellationToken cancellation)
    {
        try
        {
            if (entries is not [])
            {
                await Task.WhenAll(_indexes.Select(index => index.AddAsync(entries, cancellation)));
                foreach (var entry in entries.Where(entry => _indexes.Any(index => index.ComesAgain(entry))))
                {
                    _indexed.Remove(entry.Hash);
                }
            }

            done.SetResult();
        }
        catch (Exception error)
        {
            // Whoever waits for these indexes them himself.
            done.SetException(error);
            _ = done.Task.Exception;
            throw;
        }
    }
}
