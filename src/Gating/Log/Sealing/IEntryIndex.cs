using Gating.Ledger;

namespace Gating.Log.Sealing;

/// <summary>
/// What entries are found by beside their place. MUST be safe to repeat, and MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer: the message that refers to
/// the entries comes again.
/// </summary>
public interface IEntryIndex
{
    /// <summary>Adds the entries' rows; none for an entry that is found by nothing else.</summary>
    /// <param name="entries">Of any streams, in any order; one may be there twice.</param>
    Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation);

    /// <summary>Whether it is to be added again although it was added, for what it says changes with time.</summary>
    bool ComesAgain(Entry entry) => false;
}
