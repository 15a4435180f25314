using Gating.Generations;
using Gating.Labels.Perceptual;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>Where an output stands in the record.</summary>
public readonly record struct OutputPlace(StreamId Person, long Seq);

/// <summary>How an output looks, as an index keeps it: a text that it gives back, and values by which it is found.</summary>
public sealed record OutputLook(string Text, IReadOnlyList<uint> Bands)
{
    public static OutputLook? Of(PerceptualHash? look) => look is { } hash ? new(hash.ToString(), hash.Bands) : null;
}

/// <summary>An output that may look like another, and the text of its look.</summary>
public readonly record struct LookCandidate(ContentId Content, string Look);

/// <summary>
/// From a number, a digest or a band of a look to the record. It only points: what it names is read from the ledger, which decides. Every method MUST throw <see cref="StorageUnavailableException"/> when
/// it cannot know the answer. Adding the same again changes nothing.
/// </summary>
public interface IOutputIndex
{
    Task AddAsync(ContentId content, OutputPlace place, IReadOnlyCollection<EntryHash> digests, OutputLook? look, CancellationToken cancellation);

    /// <summary>Takes away what <see cref="AddAsync"/> added of that output; nothing where it is not there.</summary>
    Task RemoveAsync(ContentId content, IReadOnlyCollection<EntryHash> digests, OutputLook? look, CancellationToken cancellation);

    /// <summary>Null where no output has that number.</summary>
    Task<OutputPlace?> FindAsync(ContentId content, CancellationToken cancellation);

    /// <summary>Outputs one of whose digests (of the file as handed in, or as labelled) it is: at most <paramref name="most"/>, the earliest first.</summary>
    Task<IReadOnlyList<ContentId>> FindAsync(EntryHash sha256, int most, CancellationToken cancellation);

    /// <summary>Outputs whose look has that band: at most <paramref name="most"/>, the earliest first.</summary>
    Task<IReadOnlyList<LookCandidate>> FindByBandAsync(uint band, int most, CancellationToken cancellation);
}
