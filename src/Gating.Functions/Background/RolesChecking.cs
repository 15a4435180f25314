using Gating.Registry;

namespace Gating.Functions.Background;

/// <summary>
/// Ends a production instance whose registry names no issuer that says who is an admin: whoever set it up forgot the seed, and nobody could administer, stop or check anything. Looks once, when the server has started: nobody's
/// first request waits for it. One that is stopped counts: a stop must not end those who serve. What storage or a registry that cannot be read leaves unknown ends nothing: the gate refuses by itself then.
/// </summary>
internal sealed class RolesChecking(Lazy<RegistrySource> registry, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            if ((await registry.Value.GetAsync(stoppingToken)).Issuers.Values.All(static issuer => issuer.Roles is null))
            {
                throw new ConfigurationException(["The registry names no issuer that is trusted for roles, so that nobody could administer this gate: name one in the file of Gating:RegistrySeed"]);
            }
        }
        catch (Exception unknown) when (unknown is StorageUnavailableException or RegistryUnreadableException || (unknown is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
        }
    }
}
