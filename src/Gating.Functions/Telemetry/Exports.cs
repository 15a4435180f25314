using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Gating.Functions.Telemetry;

/// <summary>
/// Sends traces and metrics by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; without it nothing is collected. ASP.NET Core's and HttpClient's own
/// meters go along.
/// </summary>
internal static class Exports
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Meters = [GateTelemetry.Name, "Gating.Azure", "Gating.Log", "Gating.Fsck", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http"];

    // The framework's own span is the parent of ours: where nobody listens to it, it is not sampled, and ours would not be either.
    private static readonly string[] Sources = [GateTelemetry.Name, "Microsoft.AspNetCore"];

    public static void AddExports(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[Endpoint]))
        {
            return;
        }

        services.AddSingleton(static _ => Sdk.CreateTracerProviderBuilder().AddSource(Sources).AddOtlpExporter().Build());
        services.AddSingleton(static _ => Sdk.CreateMeterProviderBuilder().AddMeter(Meters).AddOtlpExporter().Build());
        services.AddHostedService<ExportLife>();
    }

    /// <summary>Starts both with the app and, with the container's disposal of them, flushes both at its end.</summary>
    private sealed class ExportLife(TracerProvider traces, MeterProvider metrics) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces.ForceFlush();
            metrics.ForceFlush();
            return Task.CompletedTask;
        }
    }
}
