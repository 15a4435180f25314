using System.Net;
using System.Text.Json;
using Gating.Benchmarks.Processes;
using Gating.Functions;
using Gating.Identity;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gating.Benchmarks.Servers;

/// <summary>
/// One process that serves, on a port each: the floor (with and without a raw transaction), gates over stubbed storage, gates over Azurite. The same
/// runtime, the same heap, the same JIT for all: only one of them is under load at a time.
/// </summary>
internal static class GateServers
{
    public const string Role = "serve";

    public static async Task<int> RunAsync(string settingsFile)
    {
        var settings = JsonSerializer.Deserialize(await File.ReadAllTextAsync(settingsFile), Messages.Default.ServerSettings)!;
        using var floor = new Floor(settings.Jwks);
        using var storedFloor = new StoredFloor(floor, new(settings.Tables), settings.Prefix + "ledger", settings.RawPartitions);
        await using var floors = Floors(settings.FloorPort, floor, storedFloor);
        await floors.StartAsync();
        await using var stubbedVerifying = await StartGateAsync(settings, settings.Stubbed.Verifying, isStubbed: true, remembers: false);
        await using var stubbed = await StartGateAsync(settings, settings.Stubbed.Deployed, isStubbed: true, remembers: true);
        await using var storedVerifying = await StartGateAsync(settings, settings.Stored.Verifying, isStubbed: false, remembers: false);
        await using var stored = await StartGateAsync(settings, settings.Stored.Deployed, isStubbed: false, remembers: true);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new Ready(true), Messages.Default.Ready));
        await Lifeline.EndedAsync();
        return 0;
    }

    private static WebApplication Floors(int port, Floor floor, StoredFloor storedFloor)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.MapPost("/oauth2/token", (RequestDelegate)floor.AnswerAsync);
        app.MapPost("/stored", (RequestDelegate)storedFloor.AnswerAsync);
        return app;
    }

    /// <param name="remembers">As it is deployed. Floor and peers verify each token that they are shown, the same one again too: so does, without it, the gate that is held against them.</param>
    private static async Task<WebApplication> StartGateAsync(ServerSettings settings, int port, bool isStubbed, bool remembers)
    {
        var gate = GateApp.Build([], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(GateEnvironment.Of(settings, port).Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)));
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
            builder.Host.UseServiceProviderFactory(new FinishedServices(services =>
            {
                if (!remembers)
                {
                    services.Replace(ServiceDescriptor.Singleton(VerifiedSignatures.None));
                }

                if (isStubbed)
                {
                    StubbedStorage.Replace(services);
                }
            }));
        });
        await gate.StartAsync();
        return gate;
    }
}

/// <summary>The gate's settings as environment variables: for the product's own executable, and in memory for the others.</summary>
internal static class GateEnvironment
{
    public static Dictionary<string, string> Of(ServerSettings settings, int port) => new(StringComparer.Ordinal)
    {
        ["Gating__Development"] = "true",
        ["Gating__PublicUrl"] = $"http://127.0.0.1:{port}",
        ["Gating__Storage__TableServiceUri"] = settings.Tables,
        ["Gating__Storage__QueueServiceUri"] = settings.Queues,
        ["Gating__Storage__BlobServiceUri"] = settings.Blobs,
        ["Gating__Storage__Prefix"] = settings.Prefix,
        ["Gating__Keys__DevelopmentFolder"] = settings.KeyFolder,
        ["Gating__RegistrySeed"] = settings.Seed,

        // Others take the queues, as behind the Functions host; what that costs is measured by itself (log).
        ["Gating__DrivesItself"] = "false",
    };
}
