using Gating.Functions.Hosting;

namespace Gating.Functions;

/// <summary>How the process ends. 0 means that somebody asked it to: whoever watches it starts it again after anything else, and the Functions host after anything else only.</summary>
internal static class GateExit
{
    public const int Fault = 1;

    /// <summary>The Functions host asks nobody to end, it kills: an end that comes from within is a fault there. Elsewhere it is one where something in the background broke, which .NET takes for a reason to stop and exit with 0.</summary>
    public static int Run(WebApplication app)
    {
        var isHosted = FunctionsHost.From(app.Configuration) is not null;
        var background = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        app.Run();
        return isHosted || background.Any(static service => service.ExecuteTask is { IsFaulted: true }) ? Fault : 0;
    }
}
