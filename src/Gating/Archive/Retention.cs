using Gating.Ledger;
using Microsoft.Extensions.Logging;

namespace Gating.Archive;

/// <summary>
/// Takes away, once a day, files whose time is over: first the entry in the person's ledger that says so, decided there and refused while a hold stands; then the file. A crash between the two leaves
/// a file that is due and whose removal is recorded: the next run deletes it. A file that is missing without such an entry cannot be. The entries and the index stay, so that what is removed is still
/// recognised. Storage's tags name what is due and only point; the ledger decides.
/// </summary>
public sealed partial class Retention(
    IArchiveStore archive, ILedgerStore ledger, Appender appender, ArchiveReferences references, ClockCheck clock, TimeProvider time, ILogger<Retention> logger) : ITimedTask
{
    /// <summary>Files found at once.</summary>
    private const int PageSize = 500;

    private readonly FileStandings _standings = new(ledger, references, time);

    public string Name => TimedTaskNames.Retention;

    public TimeSpan Period => TimeSpan.FromDays(1);

    Task ITimedTask.RunAsync(CancellationToken cancellation) => RunAsync(cancellation);

    public async Task<FileTally> RunAsync(CancellationToken cancellation)
    {
        var (tally, now) = (FileTally.None, time.GetUtcNow());
        string? continuation = null;
        do
        {
            var page = await archive.FindDueAsync(now, continuation, PageSize, cancellation);
            if (!clock.IsAcceptable)
            {
                Log.ClockOff(logger);
                break;
            }

            tally = tally.With(await FileFates.OfAsync(page.Files, RemoveAsync, cancellation));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Log.Removed(logger, tally.Gone, tally.Left, tally.Alarming, tally.Kept);
        return tally;
    }

    private async Task<FileFate> RemoveAsync(string name, CancellationToken cancellation)
    {
        if (await archive.LookAsync(name, cancellation) is not { } file)
        {
            return FileFate.Gone;
        }

        switch (await _standings.OfAsync(file, cancellation))
        {
            case FileStanding.Recorded recorded:
                return await RemoveAsync(file, recorded, cancellation);
            case FileStanding.Orphan orphan:
                // The sweep had to leave it.
                return await OrphanRemoval.RemoveAsync(archive, ledger, file, orphan, time.GetUtcNow(), cancellation);
            case FileStanding.Awaited:
                return FileFate.Kept;
            default:
                Log.LeadsNowhere(logger, file.Name);
                return FileFate.Alarming;
        }
    }

    private async Task<FileFate> RemoveAsync(KeptFile file, FileStanding.Recorded recorded, CancellationToken cancellation)
    {
        if (await ledger.ReadEntryAsync(recorded.Person, recorded.Seq, cancellation) is not { } entry || ArchiveEntries.Read(entry) is not { } output
            || !string.Equals(output.File.Content.Text, file.Name, StringComparison.Ordinal))
        {
            Log.LeadsNowhere(logger, file.Name);
            return FileFate.Alarming;
        }

        // Nothing is said to be removed that storage would keep.
        if (file.LockedUntil > time.GetUtcNow())
        {
            return FileFate.Left;
        }

        try
        {
            var answer = await DecideAsync(output, cancellation);
            return answer is RemovalAnswer.Removed ? OrphanRemoval.Fate(await archive.DeleteAsync(file, cancellation))
                : answer is RemovalAnswer.NotDue ? FileFate.Kept
                : FileFate.Left;
        }
        catch (StreamFrozenException frozen)
        {
            // One person's record does not keep the others' files.
            Log.Frozen(logger, frozen.Stream.ToString());
            return FileFate.Alarming;
        }
    }

    /// <summary>The commit point: removed once this is answered with yes. Null where the person's record is in heavy use: tomorrow.</summary>
    private async Task<RemovalAnswer?> DecideAsync(ArchivedOutput output, CancellationToken cancellation)
    {
        var entry = new EntryDraft(EntryKind.Removed, ArchiveEntries.Removed(output), default);
        var proposal = new Proposal<RemovalAnswer>(OperationId.Create(), [], (state, at) => ArchiveRules.Remove(output, entry, state, at));
        switch (await appender.AppendAsync(output.Person, proposal, isNew: false))
        {
            case AppendOutcome<RemovalAnswer>.Done done:
                return done.Answer;
            case AppendOutcome<RemovalAnswer>.AlreadySettled settled:
                // By a run that did not get as far as the file, and perhaps not as far as the log.
                return await appender.ReadAnnouncedAsync(output.Person, settled.Row.By, cancellation) is not null
                    ? RemovalAnswer.Removed
                    : throw new StreamFrozenException(output.Person, $"a settlement names entry {settled.Row.By}, which is not there");
            default:
                return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1311, LogLevel.Information, "Retention removed {Gone} files, left {Left}, found {Alarming} that lead nowhere, and {Kept} whose time is not over")]
        public static partial void Removed(ILogger logger, int gone, int left, int alarming, int kept);

        [LoggerMessage(1312, LogLevel.Error, "Kept file {Name} leads to no record: its reference is missing or was changed. It is not deleted; somebody has to look.")]
        public static partial void LeadsNowhere(ILogger logger, string name);

        [LoggerMessage(1313, LogLevel.Error, "Our clock is off storage's: nothing is removed")]
        public static partial void ClockOff(ILogger logger);

        [LoggerMessage(1314, LogLevel.Critical, "Stream {Stream} is frozen: its rows contradict its head. Nothing of it is removed.")]
        public static partial void Frozen(ILogger logger, string stream);
    }
}
