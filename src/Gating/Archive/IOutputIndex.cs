using Gating.Generations;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>Where an output stands in the record.</summary>
public readonly record struct OutputPlace(StreamId Person, long Seq);

/// <summary>
/// From a number or a digest to the record. It only points: what it names is read from the ledger, which decides. Every method MUST throw <see cref="StorageUnavailableException"/> when
/// it cannot know the answer. Adding the same again changes nothing.
/// </summary>
public interface IOutputIndex
{
    Task AddAsync(ContentId content, OutputPlace place, IReadOnlyCollection<EntryHash> digests, CancellationToken cancellation);

    /// <summary>Null where no output has that number.</summary>
    Task<OutputPlace?> FindAsync(ContentId content, CancellationToken cancellation);

    /// <summary>Outputs one of whose digests (of the file as handed in, or as labelled) it is: at most <paramref name="most"/>, the earliest first.</summary>
    Task<IReadOnlyList<ContentId>> FindAsync(EntryHash sha256, int most, CancellationToken cancellation);
}
