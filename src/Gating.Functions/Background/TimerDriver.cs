namespace Gating.Functions.Background;

/// <summary>
/// Runs every timed task, where no Functions host does: the first time a minute after the start, whenever it ran last, and then once in its period. A run that failed is followed by another
/// one after five minutes.
/// </summary>
internal sealed partial class TimerDriver(IEnumerable<ITimedTask> tasks, TimeProvider time, ILogger<TimerDriver> logger) : BackgroundService
{
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(tasks.Select(task => DriveAsync(task, stoppingToken)));

    private async Task DriveAsync(ITimedTask task, CancellationToken stopping)
    {
        for (var pause = AfterStart; ;)
        {
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            pause = await RunAsync(task, stopping) ? task.Period : AfterFailure;
        }
    }

    private async Task<bool> RunAsync(ITimedTask task, CancellationToken stopping)
    {
        try
        {
            await task.RunAsync(stopping);
            return true;
        }
#pragma warning disable CA1031 // What breaks in one run must not end the runs after it, nor those of other tasks.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!stopping.IsCancellationRequested)
            {
                Log.Failed(logger, task.Name, error.GetType().Name, AfterFailure.TotalMinutes);
            }

            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(31, LogLevel.Error, "The timed task {Task} failed ({Error}) and is run again in {Minutes} minutes")]
        public static partial void Failed(ILogger logger, string task, string error, double minutes);
    }
}
