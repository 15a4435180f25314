using Gating.Generations;

namespace Gating.Archive;

/// <summary>What became of a file that was to be archived. An unknown outcome is not among these: it is a <see cref="StorageUnavailableException"/>.</summary>
public abstract record StoreOutcome
{
    private StoreOutcome()
    {
    }

    /// <summary>The whole file is durable under its name.</summary>
    public sealed record Stored : StoreOutcome;

    /// <summary>A file of that name is there already; it is as it was.</summary>
    public sealed record Exists(ArchivedFile File) : StoreOutcome;
}

/// <summary>
/// The archive of labelled files: write-once, one for each ContentId. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer. A file MUST appear
/// under its name whole or not at all, and MUST never be replaced. Safe for concurrent use by any number of instances.
/// </summary>
public interface IArchiveStore
{
    /// <summary>Keeps <paramref name="content"/>, all of <see cref="ArchivedFile.Length"/>, unless the name is taken.</summary>
    Task<StoreOutcome> StoreAsync(ArchivedFile file, Stream content, CancellationToken cancellation);

    /// <summary>What is known of a file, or null where there is none.</summary>
    Task<ArchivedFile?> FindAsync(ContentId content, CancellationToken cancellation);

    /// <summary>Bytes of a file from <paramref name="offset"/> on, <paramref name="length"/> of them, which are there; null where there is no such file.</summary>
    Task<Stream?> OpenAsync(ContentId content, long offset, long length, CancellationToken cancellation);
}
