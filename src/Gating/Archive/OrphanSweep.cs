using Gating.Ledger;
using Microsoft.Extensions.Logging;

namespace Gating.Archive;

/// <summary>
/// Takes away, once a day, what was kept and never recorded. It goes through the archive window by window (<see cref="ContentWindow"/>) and looks at each once, when everything in it is decided: the
/// cursor moves past a window after all of it was dealt with. A crash leaves the cursor behind, and the window is looked at again; a run after a month catches up; without a cursor it starts at the
/// first file there is. What it must leave (a hold, storage's own lock) is retention's when its time is over. The ledger decides: where it cannot be read nothing is deleted and the run ends.
/// </summary>
public sealed partial class OrphanSweep(
    IArchiveStore archive, ILedgerStore ledger, ArchiveReferences references, ITaskCursors cursors, ClockCheck clock, TimeProvider time, ILogger<OrphanSweep> logger) : ITimedTask
{
    /// <summary>Files listed at once.</summary>
    private const int PageSize = 500;

    /// <summary>From a window's end until all that was drawn in it is decided: a generation may begin later than its numbers were drawn, by a few tries.</summary>
    internal static readonly TimeSpan Wait = Generations.Generation.Open + ArchiveRules.Certainty + TimeSpan.FromHours(1);

    private readonly FileStandings _standings = new(ledger, references, time);

    public string Name => TimedTaskNames.Sweep;

    public TimeSpan Period => TimeSpan.FromDays(1);

    Task ITimedTask.RunAsync(CancellationToken cancellation) => RunAsync(cancellation);

    public async Task<FileTally> RunAsync(CancellationToken cancellation)
    {
        var tally = FileTally.None;
        for (var window = await StartAsync(cancellation); window is { } current && current.End + Wait <= time.GetUtcNow(); window = current.Next)
        {
            var swept = await SweepAsync(current.Prefix, cancellation);
            if (swept is null)
            {
                Log.ClockOff(logger);
                break;
            }

            tally = tally.With(swept);
            if (swept.Contains(FileFate.Undecided))
            {
                break;
            }

            await cursors.MoveAsync(Name, current.Next.Prefix, cancellation);
        }

        Log.Swept(logger, tally.Gone, tally.Left, tally.Alarming, tally.Kept);
        return tally;
    }

    /// <summary>Null where nothing was ever kept.</summary>
    private async Task<ContentWindow?> StartAsync(CancellationToken cancellation)
    {
        if (ContentWindow.TryParse(await cursors.ReadAsync(Name, cancellation), out var window))
        {
            return window;
        }

        string? continuation = null;
        do
        {
            var page = await archive.ListAsync(string.Empty, continuation, PageSize, cancellation);
            foreach (var file in page.Files)
            {
                if (ContentWindow.TryParse(file.Name, out window))
                {
                    return window;
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        return null;
    }

    /// <summary>Null where our clock is off: storage has just told its own.</summary>
    private async Task<List<FileFate>?> SweepAsync(string prefix, CancellationToken cancellation)
    {
        var fates = new List<FileFate>();
        string? continuation = null;
        do
        {
            var page = await archive.ListAsync(prefix, continuation, PageSize, cancellation);
            if (!clock.IsAcceptable)
            {
                return null;
            }

            fates.AddRange(await FileFates.OfAsync(page.Files, SweepAsync, cancellation));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return fates;
    }

    private async Task<FileFate> SweepAsync(KeptFile file, CancellationToken cancellation)
    {
        switch (await _standings.OfAsync(file, cancellation))
        {
            case FileStanding.Recorded:
                return FileFate.Kept;
            case FileStanding.Orphan orphan:
                return await OrphanRemoval.RemoveAsync(archive, ledger, file, orphan, time.GetUtcNow(), cancellation);
            case FileStanding.Awaited:
                return FileFate.Undecided;
            default:
                Log.LeadsNowhere(logger, file.Name);
                return FileFate.Alarming;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1301, LogLevel.Information, "The sweep took {Gone} orphans away, left {Left}, found {Alarming} files that lead nowhere, and {Kept} that are recorded")]
        public static partial void Swept(ILogger logger, int gone, int left, int alarming, int kept);

        [LoggerMessage(1302, LogLevel.Error, "Kept file {Name} leads to no record: its reference is missing or was changed. It is not deleted; somebody has to look.")]
        public static partial void LeadsNowhere(ILogger logger, string name);

        [LoggerMessage(1303, LogLevel.Error, "Our clock is off storage's: nothing is swept")]
        public static partial void ClockOff(ILogger logger);
    }
}
