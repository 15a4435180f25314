using Gating.Generations;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>From a number to the output that is recorded under it, by two point reads: the index points, the ledger decides.</summary>
public sealed class RecordedOutputs(IOutputIndex index, ILedgerStore ledger)
{
    /// <summary>Null where no output has that number. Throws <see cref="StorageUnavailableException"/>.</summary>
    public async Task<ArchivedOutput?> FindAsync(ContentId content, CancellationToken cancellation) =>
        await index.FindAsync(content, cancellation) is { } place && await ledger.ReadEntryAsync(place.Person, place.Seq, cancellation) is { } entry
            ? ArchiveEntries.Read(entry)
            : null;
}
