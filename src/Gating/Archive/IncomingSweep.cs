using Gating.Generations;
using Microsoft.Extensions.Logging;

namespace Gating.Archive;

/// <summary>
/// Takes away, once a day, what came in past the gate and will not be taken any more, and notes of refusals that nobody will ask for. A file that came in is no record of anything: what was taken
/// is in the archive. A crash leaves the rest to the next run.
/// </summary>
public sealed partial class IncomingSweep(IIncomingStore incoming, ClockCheck clock, TimeProvider time, ILogger<IncomingSweep> logger) : ITimedTask
{
    /// <summary>A generation is older than what was put for it: this long after, it has closed, and the time in which its outputs are recorded is over, too.</summary>
    internal static readonly TimeSpan Wait = Generation.Open + ArchiveRules.Certainty;

    public string Name => TimedTaskNames.Incoming;

    public TimeSpan Period => TimeSpan.FromDays(1);

    Task ITimedTask.RunAsync(CancellationToken cancellation) => RunAsync(cancellation);

    /// <summary>How many files and notes were taken away.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var gone = 0;
        await foreach (var item in incoming.ListAsync(cancellation))
        {
            // Storage has just told its own time with the page.
            if (!clock.IsAcceptable)
            {
                Log.ClockOff(logger);
                break;
            }

            if (item.LastModified + Wait <= time.GetUtcNow())
            {
                await incoming.DeleteAsync(item.Content, item.Token, cancellation);
                gone++;
            }
        }

        Log.Swept(logger, gone);
        return gone;
    }

    private static partial class Log
    {
        [LoggerMessage(1321, LogLevel.Information, "The sweep of what came in took {Gone} files and notes away")]
        public static partial void Swept(ILogger logger, int gone);

        [LoggerMessage(1322, LogLevel.Error, "Our clock is off storage's: nothing that came in is swept")]
        public static partial void ClockOff(ILogger logger);
    }
}
