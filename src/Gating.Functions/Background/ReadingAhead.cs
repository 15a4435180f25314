using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Functions.Background;

/// <summary>
/// Reads the registry, and then the keys of the issuers that it trusts, soon after the server has started: a first person would wait for one after the other, with the connections and the code that they need. Nobody waits
/// for it and nothing ends by it: what cannot be had now is left to whoever asks.
/// </summary>
internal sealed class ReadingAhead(Lazy<RegistrySource> registry, Lazy<IssuerKeys> keys, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>Issuers that are asked at once.</summary>
    private const int AtOnce = 4;

    /// <summary>Whether an instance is ready at all is asked first, and would be answered 30 ms later beside this. By the machine's time, whatever the clock of decisions is.</summary>
    private static readonly TimeSpan AfterTheStart = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            await Task.Delay(AfterTheStart, TimeProvider.System, stoppingToken);
            var trusted = (await registry.Value.GetAsync(stoppingToken)).Issuers.Values.Where(static issuer => issuer.Status is RegistryStatus.Active);
            var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken };
            await Parallel.ForEachAsync(trusted, limits, async (issuer, cancellation) => await keys.Value.WarmAsync(issuer, cancellation));
        }
#pragma warning disable CA1031 // Whatever it was, whoever asks meets it, and is refused by it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
