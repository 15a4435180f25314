using Gating.Functions.Telemetry;
using Gating.Registry;

namespace Gating.Functions.Background;

/// <summary>
/// Says once a day of every tool that may be used how long its compliance dossier holds: by the metric always, and in the log from <see cref="Dossier.WarnedWithin"/> days before a part lapses. From the day after, grants for the tool are
/// refused: nobody should learn of it by that.
/// </summary>
internal sealed partial class DossierWatch(RegistrySource registry, TimeProvider time, ILogger<DossierWatch> logger) : ITimedTask
{
    public string Name => TimedTaskNames.Dossiers;

    public TimeSpan Period => TimeSpan.FromDays(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        foreach (var tool in (await registry.GetAsync(cancellation)).Tools.Values.Where(static tool => tool.Status is RegistryStatus.Active))
        {
            foreach (var (part, days) in tool.Dossier.DaysLeft(today))
            {
                GateTelemetry.DossierHolds(tool.Resource, part, days ?? -1);
                if (days is null or < 0)
                {
                    Log.Closed(logger, tool.Resource, part);
                }
                else if (days <= Dossier.WarnedWithin)
                {
                    Log.Lapses(logger, tool.Resource, part, days.Value);
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(34, LogLevel.Warning, "The dossier of {Tool} lapses in {Days} days ({Part}): then no grant is given for it. Renew it and change the tool.")]
        public static partial void Lapses(ILogger logger, string tool, string part, int days);

        [LoggerMessage(35, LogLevel.Error, "The dossier of {Tool} has lapsed or is not complete ({Part}): no grant is given for it")]
        public static partial void Closed(ILogger logger, string tool, string part);
    }
}
