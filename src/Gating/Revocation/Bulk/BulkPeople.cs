using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Timelines;

namespace Gating.Revocation.Bulk;

/// <summary>Whom an order means.</summary>
/// <param name="People">Each once.</param>
/// <param name="Unknown">Lines of whom nothing is recorded.</param>
public sealed record FoundPeople(ImmutableArray<StreamId> People, ImmutableArray<long> Unknown);

/// <summary>From what an admin says to the people it means. Nothing is claimed: who was never seen stays unknown. Throws <see cref="StorageUnavailableException"/>.</summary>
public sealed class BulkPeople(NamedPeople names, TimelineReader timelines)
{
    private const int AtOnce = 16;

    /// <summary>Null where it means more than <see cref="BulkOrder.MostPeople"/>.</summary>
    public Task<FoundPeople?> FindAsync(BulkSubjects subjects, CancellationToken cancellation) => subjects switch
    {
        BulkSubjects.OfList list => FindAsync(list.Lines, cancellation),
        BulkSubjects.OfGranted granted => FindAsync(granted, cancellation),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task<FoundPeople?> FindAsync(ImmutableArray<(long Line, RevocationSubject Subject)> lines, CancellationToken cancellation)
    {
        var found = new StreamId?[lines.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, lines.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, ended) => found[i] = await names.FindAsync(lines[i].Subject, ended));
        return new([.. found.OfType<StreamId>().Distinct()], [.. lines.Where((_, i) => found[i] is null).Select(static line => line.Line)]);
    }

    private async Task<FoundPeople?> FindAsync(BulkSubjects.OfGranted granted, CancellationToken cancellation)
    {
        var people = new HashSet<StreamId>();
        await foreach (var item in timelines.ReadAllAsync(granted.Timeline, granted.Range, cancellation))
        {
            if (item.Kind is EntryKind.Granted && people.Add(item.Stream) && people.Count > BulkOrder.MostPeople)
            {
                return null;
            }
        }

        return new([.. people], []);
    }
}
