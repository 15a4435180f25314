using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Archive;

/// <summary>
/// Index rows of outputs, made from their entries when those are logged: a request does not wait for them. Until then a labelled file is found by the number in its label, through the file that
/// is kept (<see cref="RecordedOutputs"/>); by its digest or its look a second later.
/// </summary>
public sealed class OutputIndexing(IOutputIndex index) : IEntryIndex
{
    private const int AtOnce = 16;

    public Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var outputs = entries.Where(static entry => entry.Kind is EntryKind.Archived or EntryKind.ReleasedUnlabelled);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        return Parallel.ForEachAsync(outputs, options, async (entry, cancel) =>
        {
            if (RowsOf(entry) is var (content, place, digests, look))
            {
                await index.AddAsync(content, place, digests, look, cancel);
            }
        });
    }

    /// <summary>Takes the rows of that entry away again: nothing leads to whoever was erased. Nothing where it has none.</summary>
    internal Task RemoveAsync(Entry entry, CancellationToken cancellation) =>
        RowsOf(entry) is var (content, _, digests, look) ? index.RemoveAsync(content, digests, look, cancellation) : Task.CompletedTask;

    private static (ContentId Content, OutputPlace Place, EntryHash[] Digests, OutputLook? Look)? RowsOf(Entry entry) => entry.Kind switch
    {
        EntryKind.Archived when ArchiveEntries.Read(entry) is { } output =>
            (output.File.Content, new(output.Person, output.Seq), [output.File.SourceSha256, output.File.OutputSha256], OutputLook.Of(output.Look)),
        EntryKind.ReleasedUnlabelled when ArchiveEntries.ReadReleased(entry) is var (content, seq, released) => (content, new(entry.Stream, seq), [released], null),
        _ => null,
    };
}
