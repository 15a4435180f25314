using Gating.Timelines;
using Microsoft.Extensions.Logging;

namespace Gating.StatusLists;

/// <summary>Takes away lists of hours whose grants are long over, once a day and hour by hour, from where the last run ended. A crash leaves the rest to the next run, which finds less to do.</summary>
public sealed partial class StatusListSweep(IStatusListStore store, ITaskCursors cursors, TimeProvider time, ILogger<StatusListSweep> logger) : ITimedTask
{
    /// <summary>Hours for which a list is kept after its own: longer than any two clocks may be apart.</summary>
    public const int Kept = 24;

    /// <summary>Hours that the first run goes back.</summary>
    private const int First = 7 * 24;

    public string Name => TimedTaskNames.StatusLists;

    public TimeSpan Period => TimeSpan.FromDays(1);

    Task ITimedTask.RunAsync(CancellationToken cancellation) => RunAsync(cancellation);

    /// <summary>How many lists were taken away.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var gone = 0;
        var end = UtcHour.Of(time.GetUtcNow()).Number - Kept;
        var hour = UtcHour.TryParse(await cursors.ReadAsync(Name, cancellation), out var next) ? next : new(end - First);
        for (; hour.Number < end; hour = hour.Next)
        {
            await foreach (var id in store.ListAsync(hour, cancellation))
            {
                await store.RemoveAsync(hour, id, cancellation);
                gone++;
            }
        }

        await cursors.MoveAsync(Name, hour.ToString(), cancellation);

        Log.Swept(logger, gone);
        return gone;
    }

    private static partial class Log
    {
        [LoggerMessage(1341, LogLevel.Information, "The sweep of status lists took {Gone} of them away")]
        public static partial void Swept(ILogger logger, int gone);
    }
}
