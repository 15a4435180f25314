using Gating.Log.Sealing;

namespace Gating.Functions;

/// <summary>
/// Looks at the log before the first request and before the first message. A log that must not go on ends no start: the instance says on <c>/readyz</c> why it is not ready, and seals nothing. Neither does storage that does not
/// answer: what is not known yet is asked again there.
/// </summary>
internal sealed class LogChecking(LogStanding standing, TimeProvider time) : IHostedService
{
    /// <summary>Longest that a start waits for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await standing.WhyFrozenAsync(either.Token);
        }
        catch (Exception unknown) when (unknown is StorageUnavailableException or UnknownVersionException or FormatException || (unknown is OperationCanceledException && limit.IsCancellationRequested))
        {
            // Not known is not ready: whoever asks is told so.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
