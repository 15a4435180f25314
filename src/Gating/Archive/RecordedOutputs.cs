using Gating.Generations;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>
/// From a number to the output that is recorded under it, by point reads: the index points, or, until its rows are there, the reference of the file that is kept; the ledger decides.
/// </summary>
public sealed class RecordedOutputs(IOutputIndex index, IArchiveStore archive, ArchiveReferences references, ILedgerStore ledger)
{
    /// <summary>Null where no output has that number. Throws <see cref="StorageUnavailableException"/>.</summary>
    public async Task<ArchivedOutput?> FindAsync(ContentId content, CancellationToken cancellation) =>
        await PlaceAsync(content, cancellation) is { } place && await ledger.ReadEntryAsync(place.Person, place.Seq, cancellation) is { } entry
            ? ArchiveEntries.Read(entry)
            : null;

    /// <summary>The same, and whether it was removed: its record stands, its file is served no more, whether it is gone yet or not.</summary>
    public async Task<(ArchivedOutput Output, bool IsRemoved)?> FindStandingAsync(ContentId content, CancellationToken cancellation)
    {
        if (await PlaceAsync(content, cancellation) is not { } place)
        {
            return null;
        }

        var reads = (Entry: ledger.ReadEntryAsync(place.Person, place.Seq, cancellation), Removal: ledger.ReadSettlementAsync(place.Person, ArchivedOutput.RemovalOf(place.Seq), cancellation));
        await Task.WhenAll(reads.Entry, reads.Removal);
        return await reads.Entry is { } entry && ArchiveEntries.Read(entry) is { } output ? (output, await reads.Removal is not null) : null;
    }

    private async Task<OutputPlace?> PlaceAsync(ContentId content, CancellationToken cancellation)
    {
        if (await index.FindAsync(content, cancellation) is { } place)
        {
            return place;
        }

        return await archive.LookAsync(content.Text, cancellation) is { } kept && references.TryOpen(content, kept.Reference, out var reference)
            && await ledger.ReadSettlementAsync(reference.Person, new(reference.GenerationSeq, reference.Number), cancellation) is { } settlement
            ? new OutputPlace(reference.Person, settlement.By)
            : null;
    }
}
