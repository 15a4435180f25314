using Gating.Generations;

namespace Gating.Archive;

/// <summary>A file that an app put where it was told to: nobody has looked into it yet.</summary>
/// <param name="Token">Names this very version of it.</param>
public sealed record IncomingFile(string Token, long Length);

/// <summary>Something that waits to be swept: a file that came in, or the note of a refusal.</summary>
/// <param name="Token">Names this very version of this very thing.</param>
public readonly record struct IncomingItem(ContentId Content, DateTimeOffset LastModified, string Token);

/// <summary>Why a file that came in was not taken, for whoever asks later.</summary>
/// <param name="Detail">A sentence on the file, at most <see cref="MaxDetail"/> characters; null where the reason says it all.</param>
public sealed record IncomingRefusal(ArchiveRefusal Reason, string? Detail)
{
    public const int MaxDetail = 500;

    public static IncomingRefusal Of(ArchiveOutcome.Refused refused) => new(refused.Reason, refused.Said() is { Length: > MaxDetail } said ? said[..MaxDetail] : refused.Said());
}

/// <summary>
/// Where apps put files that are too large to be handed in: under the ContentId, once, past the gate. What is there is what an app put there and proves nothing; and it may be gone at any
/// time. Beside each may lie a note of why the last one was refused. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer. Safe for concurrent use by
/// any number of instances.
/// </summary>
public interface IIncomingStore
{
    /// <summary>
    /// An address to which, without any other credentials, one file can be put under that name before <paramref name="until"/> (whole seconds). It MUST allow nothing else: no file that is there
    /// can be read, replaced, changed or deleted by it.
    /// </summary>
    Task<Uri> OpenForUploadAsync(ContentId content, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>Null where there is no file.</summary>
    Task<IncomingFile?> FindAsync(ContentId content, CancellationToken cancellation);

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on, with bytes that are there; false, and anything in it, where the file is no longer the one that <paramref name="token"/> names.</summary>
    Task<bool> ReadAsync(ContentId content, string token, long offset, Memory<byte> destination, CancellationToken cancellation);

    /// <summary>Deletes what <paramref name="token"/> names, if it is still that; what is gone or another is left alone.</summary>
    Task DeleteAsync(ContentId content, string token, CancellationToken cancellation);

    /// <summary>Everything that is there, in no order; what comes or goes meanwhile may be among it or not.</summary>
    IAsyncEnumerable<IncomingItem> ListAsync(CancellationToken cancellation);

    /// <summary>Notes why the file was refused, in place of an earlier note.</summary>
    Task NoteAsync(ContentId content, IncomingRefusal refusal, CancellationToken cancellation);

    /// <summary>The last note, or null where there is none.</summary>
    Task<IncomingRefusal?> FindNoteAsync(ContentId content, CancellationToken cancellation);
}
