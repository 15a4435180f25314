using Gating.Log;
using Gating.Log.Witnesses;

namespace Gating.Functions.Background;

/// <summary>
/// Asks each witness for its cosignature at the start, and whenever this instance has published a checkpoint, each by itself. One that fails is left alone for a second, and twice as long each time, up to five minutes,
/// whatever is published meanwhile. Without witnesses it costs nothing.
/// </summary>
internal sealed partial class WitnessDriver(IEnumerable<Cosigner> cosigners, CheckpointNews news, TimeProvider time, ILogger<WitnessDriver> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(cosigners.Select(cosigner => DriveAsync(cosigner, stoppingToken)));

    private async Task DriveAsync(Cosigner cosigner, CancellationToken stopping)
    {
        await Task.Yield();
        for (var pause = ShortestPause; !stopping.IsCancellationRequested;)
        {
            var next = news.Next;
            if (await TryAsync(cosigner, stopping))
            {
                pause = ShortestPause;
                await next.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<bool> TryAsync(Cosigner cosigner, CancellationToken stopping)
    {
        try
        {
            return await cosigner.RunAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error) when (error is StorageUnavailableException or LogFrozenException)
        {
            Log.NotAsked(logger, error.Message);
            return false;
        }
#pragma warning disable CA1031 // What breaks here must end nothing else: the gate does without witnesses.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.Failed(logger, error.GetType().Name);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(32, LogLevel.Warning, "No witness was asked: {Why}")]
        public static partial void NotAsked(ILogger logger, string why);

        [LoggerMessage(33, LogLevel.Error, "A witness could not be asked ({Error})")]
        public static partial void Failed(ILogger logger, string error);
    }
}
