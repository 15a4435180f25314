using Gating.Labels;
using Gating.Registry;

namespace Gating.Archive;

/// <summary>Why an output is not taken. Stable: callers switch on it.</summary>
public enum ArchiveRefusal
{
    /// <summary>No such generation of this app, or no such output of it.</summary>
    NotFound = 1,

    /// <summary>The generation began more than 24 hours ago.</summary>
    Closed = 2,

    /// <summary>The registry says of this tool's outputs nothing: none can be handed in.</summary>
    NotOffered = 3,

    /// <summary>Other bytes were handed in under this number.</summary>
    OtherBytes = 4,

    /// <summary>By its content, it is nothing that this tool may produce.</summary>
    MediaTypeNotAllowed = 5,

    /// <summary>It has no explicit label, and the tool's policy wants one.</summary>
    ExplicitLabelMissing = 6,

    /// <summary>The explicit label that the policy wants cannot be put on this file here.</summary>
    ExplicitLabelRefused = 7,

    /// <summary>The file cannot be labelled.</summary>
    LabelRefused = 8,

    /// <summary>Too much is being asked of the person's record at once: try again.</summary>
    Busy = 9,

    /// <summary>It is longer than the tool's outputs may be.</summary>
    TooLarge = 10,

    /// <summary>It has no bytes.</summary>
    Empty = 11,
}

/// <summary>How handing in an output ended.</summary>
public abstract record ArchiveOutcome
{
    private ArchiveOutcome()
    {
    }

    /// <summary>The labelled file is kept and its entry is durable and announced.</summary>
    /// <param name="Replayed">The same bytes were handed in before.</param>
    public sealed record Archived(ArchivedOutput Output, bool Replayed) : ArchiveOutcome
    {
        public override T Match<T>(Func<Archived, T> archived, Func<Refused, T> refused) => archived(this);
    }

    /// <param name="Label">What the labelling said, where it refused.</param>
    /// <param name="Detail">A sentence on this very file; null where the reason says it all.</param>
    public sealed record Refused(ArchiveRefusal Reason, LabelRefusal? Label = null, string? Detail = null) : ArchiveOutcome
    {
        /// <summary>Why a file of that length is not taken; null where its length is no reason.</summary>
        public static Refused? ForLength(long length, Labelling policy) =>
            length > 0 && length <= policy.MaxBytes ? null : new(length > 0 ? ArchiveRefusal.TooLarge : ArchiveRefusal.Empty, Detail: $"An output of this tool has 1 to {policy.MaxBytes} bytes.");

        public override T Match<T>(Func<Archived, T> archived, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Archived, T> archived, Func<Refused, T> refused);
}
