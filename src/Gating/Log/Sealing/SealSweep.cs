using Microsoft.Extensions.Logging;

namespace Gating.Log.Sealing;

/// <summary>Seals what a crash left pending: messages drive the sealer, and this comes when there are none.</summary>
public sealed class SealSweep(LogSealer sealer, ILogger<SealSweep> logger) : ITimedTask
{
    public string Name => "seal";

    public TimeSpan Period => TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await sealer.RunAsync(cancellation);
        }
        catch (LogFrozenException frozen)
        {
            // The sealer has raised the alarm; the next run raises it again.
            LogEvents.NotSealed(logger, frozen.Message);
        }
    }
}
