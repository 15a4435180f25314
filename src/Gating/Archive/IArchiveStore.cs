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

/// <summary>A file as the archive lists it.</summary>
/// <param name="Name">A ContentId, where it was put there by us.</param>
/// <param name="Reference">As it was kept (see ArchiveReferences.cs); null where it has none.</param>
/// <param name="LockedUntil">Until when storage itself refuses to delete it, as far as it says; null where it does not refuse.</param>
/// <param name="Token">Opaque: a deletion must present it.</param>
public sealed record KeptFile(string Name, string? Reference, DateTimeOffset? LockedUntil, string Token);

/// <summary>Part of a list: <paramref name="Continuation"/> gets the next one, null after the last. A part may be empty and not be the last.</summary>
public sealed record ArchivePage<T>(IReadOnlyList<T> Files, string? Continuation);

/// <summary>What became of a file that was to be deleted.</summary>
public enum DeleteOutcome
{
    /// <summary>It is gone: now, or it was before.</summary>
    Gone = 1,

    /// <summary>It no longer carries the token: somebody changed it.</summary>
    Changed = 2,

    /// <summary>Storage holds it: an immutability policy, or a legal hold of storage's own.</summary>
    Locked = 3,
}

/// <summary>
/// The archive of labelled files: write-once, one for each ContentId. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer. A file MUST appear
/// under its name whole or not at all, and MUST never be replaced; only <see cref="DeleteAsync"/> takes one away. Safe for concurrent use by any number of instances.
/// </summary>
public interface IArchiveStore
{
    /// <summary>
    /// Keeps <paramref name="content"/>, all of <see cref="ArchivedFile.Length"/>, with its <paramref name="reference"/>, unless the name is taken. Cancelled, it MUST leave nothing that
    /// appears more than a few minutes later.
    /// </summary>
    Task<StoreOutcome> StoreAsync(ArchivedFile file, string reference, Stream content, CancellationToken cancellation);

    /// <summary>What is known of a file, or null where there is none.</summary>
    Task<ArchivedFile?> FindAsync(ContentId content, CancellationToken cancellation);

    /// <summary>Bytes of a file from <paramref name="offset"/> on, <paramref name="length"/> of them, which are there; null where there is no such file.</summary>
    Task<Stream?> OpenAsync(ContentId content, long offset, long length, CancellationToken cancellation);

    /// <summary>Files whose names begin with <paramref name="prefix"/>, at most <paramref name="most"/>, in the ordinal order of their names. MUST have every file that was there before it began.</summary>
    Task<ArchivePage<KeptFile>> ListAsync(string prefix, string? continuation, int most, CancellationToken cancellation);

    /// <summary>Names of files that were kept with a <see cref="ArchivedFile.RetainUntil"/> not after <paramref name="by"/>. May come late with one, or name one that is gone; MUST have each in the end.</summary>
    Task<ArchivePage<string>> FindDueAsync(DateTimeOffset by, string? continuation, int most, CancellationToken cancellation);

    /// <summary>A file by its name, or null where there is none.</summary>
    Task<KeptFile?> LookAsync(string name, CancellationToken cancellation);

    /// <summary>Deletes the file if it is still the one that was listed.</summary>
    Task<DeleteOutcome> DeleteAsync(KeptFile file, CancellationToken cancellation);
}
