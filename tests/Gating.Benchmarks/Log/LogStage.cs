using System.Collections.Immutable;
using System.Net;
using Gating.Azure;
using Gating.Benchmarks.Load;
using Gating.Benchmarks.Processes;
using Gating.Benchmarks.Scene;
using Gating.Benchmarks.Servers;
using Gating.Functions;
using Gating.Identity;
using Gating.Ledger;
using Gating.Local.Processes;
using Gating.Local.Storage;

namespace Gating.Benchmarks.Log;

/// <summary>A fresh Azurite, a gate in this process that takes its own queues, and the load generator in a process of its own.</summary>
internal sealed class LogStage : IAsyncDisposable
{
    public const int Persons = 256;

    private const string Prefix = "log";

    private readonly World _world;
    private readonly WebApplication _gate;
    private readonly Child _load;
    private readonly string _requests;
    private readonly int _port;

    private LogStage(World world, AzuriteProcess azurite, WebApplication gate, Child load, string requests, int port) =>
        (_world, Azurite, _gate, _load, _requests, _port, Log) = (world, azurite, gate, load, requests, port, new($"http://127.0.0.1:{port}/log/"));

    public AzuriteProcess Azurite { get; }

    public HttpClient Http { get; } = new();

    public Uri Log { get; }

    public IServiceProvider Services => _gate.Services;

    public StorageOptions StorageOptions => StorageOptions.Development(Azurite.Table, Azurite.Queue, Azurite.Blob, Prefix);

    public StorageRequests Requests => Services.GetRequiredService<AzureStorage>().Requests;

    public static async Task<LogStage> StartAsync(Action<string> say)
    {
        var world = await World.CreateAsync(exactUnits: 1);
        var azurite = await AzuriteProcess.StartAsync(await NodePackages.EnsureAsync(new Spoken(say), CancellationToken.None), new(), CancellationToken.None);
        var port = Ports.Free();
        var settings = new ServerSettings(azurite.Table.AbsoluteUri, azurite.Queue.AbsoluteUri, azurite.Blob.AbsoluteUri, Prefix, world.Seed, world.Keys, world.Jwks, 0, 0, new(0, 0), new(0, port));
        var gate = GateApp.Build([], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(GateEnvironment.Of(settings, port).Select(static setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)));

            // Storage that is late is waited for: whoever reads its rows for the figures is no client who could come again.
            builder.Configuration.AddInMemoryCollection([new("Gating:DrivesItself", "true"), new("Gating:Storage:TryTimeout", "00:00:20")]);
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        });
        await gate.StartAsync();
        return new(world, azurite, gate, Child.StartSelf(LoadGenerator.OneCore, LoadGenerator.Role), await world.RequestsAsync(Persons), port);
    }

    /// <summary>Asks for that many grants. 503 is what a gate says whose storage has no time; anything else but a grant throws.</summary>
    public async Task<LoadReport> LoadAsync(int entries, int connections)
    {
        await _load.WriteAsync(new LoadOrder(_requests, [_port], connections, TimeSpan.FromHours(1).TotalSeconds, entries, 0), Messages.Default.LoadOrder);
        var report = await _load.ReadAsync(Messages.Default.LoadReport);
        return report.Others.Keys.All(static status => status == 503) ? report : throw new InvalidOperationException($"Not every request became an entry: {report}");
    }

    /// <summary>Waits until everything that is in a ledger is in the log. Throws after five minutes without progress.</summary>
    public async Task<long> CoveredAsync()
    {
        var wanted = 0L;
        foreach (var stream in await StreamsAsync())
        {
            wanted += (await Services.GetRequiredService<ILedgerStore>().ReadHeadAsync(stream, CancellationToken.None))?.Head.Seq ?? 0;
        }

        for (var (size, still) = (-1L, 0); size < wanted; still++)
        {
            var now = await SizeAsync();
            (size, still) = now > size ? (now, 0) : (size, still);
            if (still > 3000)
            {
                throw new InvalidOperationException($"The log stays at {size} leaves of {wanted}.");
            }

            await Task.Delay(100);
        }

        return wanted;
    }

    /// <summary>What anybody is told; 0 before the first seal.</summary>
    public async Task<long> SizeAsync()
    {
        using var answer = await Http.GetAsync(new Uri(Log, "checkpoint"));
        return answer.IsSuccessStatusCode ? long.Parse((await answer.Content.ReadAsStringAsync()).Split('\n')[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The streams of all persons who were seen.</summary>
    public async Task<ImmutableArray<StreamId>> StreamsAsync()
    {
        var names = Services.GetRequiredService<StreamNames>();
        var streams = ImmutableArray.CreateBuilder<StreamId>();
        for (var person = 1; person <= Persons; person++)
        {
            if (await names.OfPersonAsync(new(_world.IssuerName, World.NameOf(person), null, Assurance.None, null, DateTimeOffset.MaxValue), CancellationToken.None) is NamedStream.Found found)
            {
                streams.Add(found.Stream);
            }
        }

        return streams.ToImmutable();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _load.DisposeAsync();
        await _gate.StopAsync();
        await _gate.DisposeAsync();
        await Azurite.DisposeAsync();
        await _world.DisposeAsync();
    }

    private sealed class Spoken(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
