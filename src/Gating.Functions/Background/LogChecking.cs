using Gating.Log.Sealing;

namespace Gating.Functions.Background;

/// <summary>
/// Looks at the log once by itself, soon after the start and not in it: its three storage reads have as much code compiled as all else of a start. A log that must not go on ends no start: the instance says on
/// <c>/readyz</c> why it is not ready, and seals nothing, for each run of the sealer looks for itself. Neither does storage that does not answer: what is not known yet is asked again there.
/// </summary>
internal sealed class LogChecking(Lazy<LogStanding> standing, TimeProvider time) : BackgroundService
{
    /// <summary>Whoever asks before is told what is found then.</summary>
    private static readonly TimeSpan AfterTheStart = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(AfterTheStart, time, stoppingToken);
            await standing.Value.WhyFrozenAsync(stoppingToken);
        }
        catch (Exception unknown) when (unknown is StorageUnavailableException or UnknownVersionException or FormatException || (unknown is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            // Not known is not ready: whoever asks is told so.
        }
    }
}
