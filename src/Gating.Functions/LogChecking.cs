using Gating.Log.Sealing;

namespace Gating.Functions;

/// <summary>
/// Looks at the log from the start on, beside the server's own: three storage reads that nobody's first request waits for. A log that must not go on ends no start: the instance says on <c>/readyz</c> why it is not ready, and
/// seals nothing, for each run of the sealer looks for itself. Neither does storage that does not answer: what is not known yet is asked again there.
/// </summary>
internal sealed class LogChecking(LogStanding standing) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await standing.WhyFrozenAsync(stoppingToken);
        }
        catch (Exception unknown) when (unknown is StorageUnavailableException or UnknownVersionException or FormatException || (unknown is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            // Not known is not ready: whoever asks is told so.
        }
    }
}
