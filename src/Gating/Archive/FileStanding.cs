using Gating.Generations;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>How a kept file stands to the ledger, which decides.</summary>
internal abstract record FileStanding
{
    private FileStanding()
    {
    }

    /// <summary>Entry <paramref name="Seq"/> of the person settled this output.</summary>
    public sealed record Recorded(StreamId Person, long Seq) : FileStanding;

    /// <summary>Nothing is recorded of it and nothing will be.</summary>
    public sealed record Orphan(StreamId Person) : FileStanding;

    /// <summary>Nothing is recorded of it yet.</summary>
    public sealed record Awaited : FileStanding;

    /// <summary>It leads to no generation that promised it: its reference is missing, was changed, or is another file's.</summary>
    public sealed record Unknown : FileStanding;
}

/// <summary>Reads how kept files stand: one point read where an output is recorded, two where not. Throws <see cref="StorageUnavailableException"/>: then nothing is known, and nothing is done.</summary>
internal sealed class FileStandings(ILedgerStore ledger, ArchiveReferences references, TimeProvider time)
{
    public async Task<FileStanding> OfAsync(KeptFile file, CancellationToken cancellation)
    {
        // Before the settlement is looked for: a process that is suspended between the two must not find absent what was settled meanwhile.
        var asOf = time.GetUtcNow();
        if (!ContentId.TryParse(file.Name, out var content) || !references.TryOpen(content, file.Reference, out var reference))
        {
            return new FileStanding.Unknown();
        }

        if (await ledger.ReadSettlementAsync(reference.Person, new(reference.GenerationSeq, reference.Number), cancellation) is { } settlement)
        {
            return new FileStanding.Recorded(reference.Person, settlement.By);
        }

        return await ledger.ReadEntryAsync(reference.Person, reference.GenerationSeq, cancellation) is { } entry && GenerationEntries.Read(entry) is { } generation
            && generation.Contents.ElementAtOrDefault(reference.Number - 1) == content
            ? asOf >= ArchiveRules.OrphanFrom(generation) ? new FileStanding.Orphan(reference.Person) : new FileStanding.Awaited()
            : new FileStanding.Unknown();
    }
}
