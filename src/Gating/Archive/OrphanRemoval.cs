using Gating.Ledger;

namespace Gating.Archive;

/// <summary>What became of one kept file in a run.</summary>
internal enum FileFate
{
    /// <summary>It stays as it is.</summary>
    Kept = 0,

    /// <summary>It is gone.</summary>
    Gone = 1,

    /// <summary>It would go, and is left for a later day: a legal hold stands, or storage itself keeps it.</summary>
    Left = 2,

    /// <summary>Nothing can be said of it yet.</summary>
    Undecided = 3,

    /// <summary>It leads to no record: somebody has to look. Never deleted.</summary>
    Alarming = 4,
}

/// <summary>Deletes a file that no entry names and none ever will: needs no entry of its own.</summary>
internal static class OrphanRemoval
{
    /// <param name="ledger">Where a hold of the person would stand: what was handed in and not recorded is no output, and is kept all the same while one does.</param>
    public static async Task<FileFate> RemoveAsync(IArchiveStore archive, ILedgerStore ledger, KeptFile file, FileStanding.Orphan orphan, DateTimeOffset now, CancellationToken cancellation) =>
        file.LockedUntil > now || (await ledger.ReadHeadAsync(orphan.Person, cancellation))?.Head.State.Holds.Any is true
            ? FileFate.Left
            : Fate(await archive.DeleteAsync(file, cancellation));

    public static FileFate Fate(DeleteOutcome outcome) => outcome switch
    {
        DeleteOutcome.Gone => FileFate.Gone,
        DeleteOutcome.Changed => FileFate.Undecided,
        DeleteOutcome.Locked => FileFate.Left,
    };
}
