using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>With an OTLP endpoint configured, a collector receives what the gate decided, how long it took and what storage was asked.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_receives_decisions_by_reason_latency_storage_requests_and_traces()
    {
        var received = new ConcurrentDictionary<string, ConcurrentQueue<string>>(StringComparer.Ordinal);
        await using var collector = await StartCollectorAsync(received);
        var address = collector.Urls.Single();
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", address);
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        try
        {
            await using var world = await GateWorld.StartAsync(configure: builder => builder.Configuration.AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.Ordinal) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address }), registry: static registry =>
                registry["policy"]!["personQuotas"] = JsonNode.Parse("""[{"name":"draft","scope":"person","limit":1,"kind":"calendar","period":"month","shadow":true}]"""));
            (await world.Call(world.IdToken("alice")).SendAsync()).Status.ShouldBe(200);
            (await world.Call(world.IdToken("alice")).SendAsync()).Status.ShouldBe(200);
            (await world.Call(world.IdToken("alice")).Units(11).SendAsync()).Status.ShouldBe(400);
            world.Services.GetRequiredService<TracerProvider>().ForceFlush();
            world.Services.GetRequiredService<MeterProvider>().ForceFlush();
        }
        finally
        {
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", null);
        }

        var metrics = string.Concat(received["/v1/metrics"]);
        foreach (var expected in new[] { "gating.decisions", "granted", "units_out_of_range", "gating.decision.duration", "gating.storage.requests", "transaction", "queueput", "gating.shadow_refusals", "draft" })
        {
            metrics.ShouldContain(expected);
        }

        var traces = string.Concat(received["/v1/traces"]);
        traces.ShouldContain("token-exchange");
        traces.ShouldContain("gating.reason");
        traces.ShouldNotContain("alice");
        metrics.ShouldNotContain("alice");
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, ConcurrentQueue<string>> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.GetOrAdd(context.Request.Path.Value!, _ => new()).Enqueue(Encoding.Latin1.GetString(body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await app.StartAsync();
        return app;
    }
}
