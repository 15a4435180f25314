using Gating.Ledger;

namespace Gating.Log.Sealing;

/// <summary>
/// What entries are found by beside their place. MUST be safe to repeat, and MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer: the message that refers to
/// the entry comes again.
/// </summary>
public interface IEntryIndex
{
    /// <summary>Adds the entry's rows; none for an entry that is found by nothing else.</summary>
    Task AddAsync(Entry entry, CancellationToken cancellation);
}
