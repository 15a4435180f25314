using Gating.Functions.Hosting;
using Gating.Identity.Keys;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Registry;

namespace Gating.Functions.Background;

/// <summary>What runs beside the requests. A start makes only what it needs: what looks later is made later.</summary>
internal static class BackgroundWork
{
    /// <param name="drives">This process takes messages and runs timed tasks; otherwise the Functions host does.</param>
    public static void AddBackground(this IServiceCollection services, GateConfiguration configuration, bool drives)
    {
        if (configuration.RegistrySeed is { } seed)
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<RegistrySeeding>(provider, seed));
        }

        services.AddSingleton(static provider => new Lazy<RegistrySource>(provider.GetRequiredService<RegistrySource>));
        services.AddSingleton(static provider => new Lazy<IssuerKeys>(provider.GetRequiredService<IssuerKeys>));
        services.AddHostedService<ReadingAhead>();
        services.AddSingleton(static provider => new Lazy<LogStanding>(provider.GetRequiredService<LogStanding>));
        services.AddHostedService<LogChecking>();
        if (!configuration.Development)
        {
            services.AddHostedService<RolesChecking>();
        }

        if (!configuration.Witnesses.IsEmpty)
        {
            services.AddHostedService<WitnessDriver>();
        }

        services.AddSingleton(static provider => new Lazy<MessageIntake>(provider.GetRequiredService<MessageIntake>));
        services.AddSingleton(static provider => new Lazy<IEnumerable<ITimedTask>>(provider.GetServices<ITimedTask>));
        services.AddSingleton<Invocations>();
        if (drives)
        {
            services.AddHostedService<QueueDriver>();
            services.AddHostedService<TimerDriver>();
        }
    }
}
