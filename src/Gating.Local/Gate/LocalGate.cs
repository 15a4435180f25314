using System.Net;
using System.Net.Sockets;
using Gating.Fsck;
using Gating.Functions;
using Gating.Identity;
using Gating.Ledger;
using Gating.Local.OpenId;
using Gating.Local.Walk;
using Gating.Registry;

namespace Gating.Local.Gate;

/// <summary>The gate as this program runs it: the product's own app on Kestrel, over the Azurite that we started. The one place where the two meet.</summary>
internal sealed class LocalGate : IAsyncDisposable
{
    private const int PortAttempts = 5;

    private readonly WebApplication _app;

    private LocalGate(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Its issuer identifier, with the slash that <see cref="Uri"/> adds.</summary>
    public Uri Address { get; }

    /// <summary>Seeds the registry and starts the gate. Throws <see cref="SetupException"/> (a port in use, storage that does not answer).</summary>
    public static async Task<LocalGate> StartAsync(LocalGateOptions options, CancellationToken cancellation)
    {
        // The gate must know its own address before it starts. Any free port: what was free a moment ago may be taken by now, so try again.
        for (var attempt = 1; options.Port is 0; attempt++)
        {
            try
            {
                return await StartAtAsync(options, FreePort(), cancellation);
            }
            catch (SetupException e) when (e.InnerException is IOException && attempt < PortAttempts)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return await StartAtAsync(options, options.Port, cancellation);
    }

    /// <summary>The ledger of a person, oldest entry first, after its chain was verified. Throws <see cref="StepFailedException"/> where it is not sound.</summary>
    public async Task<IReadOnlyList<LedgerLine>> ReadLedgerAsync(string issuer, DemoPerson person, CancellationToken cancellation)
    {
        // The account's own name stands beside the natural person's.
        var identity = new VerifiedIdentity(issuer, person.Subject, NaturalPerson: null, Assurance.None, null, DateTimeOffset.MaxValue);
        var named = await _app.Services.GetRequiredService<StreamNames>().OfPersonAsync(identity, cancellation);
        if (named is not NamedStream.Found { IsNew: false, Stream: var stream })
        {
            throw new StepFailedException($"Storage holds no ledger for {person.Subject}.");
        }

        var store = _app.Services.GetRequiredService<ILedgerStore>();
        var report = await StreamVerifier.VerifyAsync(store, stream, cancellation);
        if (!report.IsSound)
        {
            throw new StepFailedException($"The ledger {stream} is not sound: {string.Join(", ", report.Findings)}.");
        }

        var lines = new List<LedgerLine>();
        await foreach (var entry in store.ReadEntriesAsync(stream, 1, long.MaxValue, cancellation))
        {
            lines.Add(new(entry.Seq, entry.Time, entry.Kind, entry.Hash));
        }

        return lines;
    }

    /// <summary>How many stored things were verified, and what is wrong with which.</summary>
    public async Task<(long Things, IReadOnlyList<string> Wrong)> CheckAsync(CancellationToken cancellation)
    {
        var (things, wrong) = (0L, new List<string>());
        var walk = _app.Services.GetRequiredService<IStoreWalk>();
        await foreach (var step in _app.Services.GetRequiredService<StoreFsck>().RunAsync(FsckPosition.Start, FsckPhase.Done, cancellation))
        {
            things += step.Things;
            wrong.AddRange(step.Findings.OfType<FsckFinding.Wrong>().Select(finding => $"{walk.NameOf(finding.Thing)} ({finding.Fault}): expected {finding.Expected}; found {finding.Found}"));
        }

        return (things, wrong);
    }

    public ValueTask DisposeAsync() => LocalKestrel.StopAsync(_app);

    private static async Task<LocalGate> StartAtAsync(LocalGateOptions options, int port, CancellationToken cancellation)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        var app = Build(options, address);
        try
        {
            await SeedAsync(app.Services.GetRequiredService<IRegistryStore>(), options, cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new LocalGate(app, await LocalKestrel.StartAsync(app, "the gate", port, cancellation));
    }

    private static WebApplication Build(LocalGateOptions options, Uri address)
    {
        try
        {
            return GateApp.Build([], builder => Configure(builder, options, address));
        }
        catch (ConfigurationException e)
        {
            throw new SetupException(e.Message, e);
        }
    }

    /// <summary>Everything the gate is told here, and nothing from the environment: development keys must not meet storage that somebody else named.</summary>
    private static void Configure(WebApplicationBuilder builder, LocalGateOptions options, Uri address)
    {
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Gating:Development"] = "true",
            ["Gating:PublicUrl"] = address.GetLeftPart(UriPartial.Authority),
            ["Gating:Storage:TableServiceUri"] = options.Storage.Table.AbsoluteUri,
            ["Gating:Storage:QueueServiceUri"] = options.Storage.Queue.AbsoluteUri,
            ["Gating:Storage:BlobServiceUri"] = options.Storage.Blob.AbsoluteUri,
            ["Gating:Keys:DevelopmentFolder"] = options.KeyFolder,
            ["Gating:Log:LastKnownBlobServiceUri"] = options.LastKnownBlobs?.AbsoluteUri,
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, address.Port));

        // The walk speaks on standard output; what the gate has to complain about goes beside it.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
    }

    private static async Task SeedAsync(IRegistryStore store, LocalGateOptions options, CancellationToken cancellation)
    {
        var reading = RegistryReader.ReadDocument(DemoRegistry.ToUtf8(options, TimeProvider.System.GetUtcNow()), RegistryMode.Development);
        var document = reading switch
        {
            RegistryReading.Valid valid => valid.Document,
            RegistryReading.Invalid invalid => throw new SetupException($"The demonstration registry has errors: {string.Join(' ', invalid.Errors)}"),
            _ => throw new InvalidOperationException(),
        };
        try
        {
            var outcome = await new RegistrySeeder(store, RegistryMode.Development).SeedAsync(document, SeedMode.Replace, cancellation);
            if (outcome is not SeedOutcome.Seeded)
            {
                throw new SetupException($"The demonstration registry could not be written: {outcome}");
            }
        }
        catch (StorageUnavailableException e)
        {
            throw new SetupException($"The demonstration registry could not be written: {e.Message}", e);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Our program starts and ends the app; Ctrl-C is not the app's to handle.</summary>
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
