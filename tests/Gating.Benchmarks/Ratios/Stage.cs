using System.Text.Json;
using Gating.Benchmarks.Load;
using Gating.Benchmarks.Processes;
using Gating.Benchmarks.Scene;
using Gating.Benchmarks.Servers;
using Gating.Local.Processes;
using Gating.Local.Storage;

namespace Gating.Benchmarks.Ratios;

/// <summary>Everything that runs while ratios are measured: a fresh Azurite in memory, the server process, the peers, the load generator, each a process of its own.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly Stack<IAsyncDisposable> _running = new();
    private readonly ServerSettings _settings;
    private NodeRuntime? _peers;
    private Deployed? _deployed;

    private Stage(World world, NodeRuntime node, AzuriteProcess azurite, int partitions)
    {
        (World, Node, Azurite) = (world, node, azurite);
        _settings = new(
            azurite.Table.AbsoluteUri, azurite.Queue.AbsoluteUri, azurite.Blob.AbsoluteUri, "bench", world.Seed, world.Keys, world.Jwks, partitions,
            Processes.Ports.Free(), new(Processes.Ports.Free(), Processes.Ports.Free()), new(Processes.Ports.Free(), Processes.Ports.Free()));
    }

    public World World { get; }

    public NodeRuntime Node { get; }

    public AzuriteProcess Azurite { get; }

    public Child Load { get; private set; } = null!;

    public Child Servers { get; private set; } = null!;

    public int FloorPort => _settings.FloorPort;

    /// <summary>Over storage that costs nothing.</summary>
    public GatePorts Stubbed => _settings.Stubbed;

    /// <summary>Over Azurite.</summary>
    public GatePorts Stored => _settings.Stored;

    public string LedgerTable => _settings.Prefix + "ledger";

    public static async Task<Stage> StartAsync(RatioOptions options, Action<string> say)
    {
        var node = await NodePackages.EnsureAsync(new Spoken(say), CancellationToken.None);
        var world = await World.CreateAsync(options.ExactUnits);
        var azurite = await AzuriteProcess.StartAsync(node, new(), CancellationToken.None);
        var stage = new Stage(world, node, azurite, options.Persons);
        stage.Keep(world);
        stage.Keep(azurite);
        stage.Load = stage.Keep(Child.StartSelf(LoadGenerator.OneCore, LoadGenerator.Role));
        var file = Path.Combine(world.Folder, "servers.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(stage._settings, Messages.Default.ServerSettings));
        stage.Servers = stage.Keep(Child.StartSelf(Nothing, GateServers.Role, file));
        await stage.Servers.ReadAsync(Messages.Default.Ready);
        stage.Servers.Drain();
        return stage;
    }

    /// <summary>A Node peer, installed if need be, and the port it serves on.</summary>
    public async Task<(Child Process, int Port)> StartPeerAsync(string script, Action<string> say)
    {
        var settings = NodeSettings.Default with { Folder = Path.GetFullPath(Path.Combine(Node.Folder, "..", "..", "..", "tests", "Gating.Benchmarks", "peers")) };
        _peers ??= await NodePackages.EnsureAsync(settings, new Spoken(line => say("peers: " + line)), CancellationToken.None);
        var jwks = Path.Combine(World.Folder, "jwks.json");
        await File.WriteAllTextAsync(jwks, World.Jwks);
        var port = Processes.Ports.Free();
        var production = new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_ENV"] = "production" };
        var peer = Keep(Child.Start(_peers.Executable, [Path.Combine(_peers.Folder, script), jwks, port.ToString(System.Globalization.CultureInfo.InvariantCulture)], _peers.Folder, production));
        await peer.ReadAsync(Messages.Default.Ready);
        return (peer, port);
    }

    /// <summary>Product and bare Kestrel as they are deployed, published at the first call.</summary>
    public async Task<Deployed> DeployAsync(Action<string> say) =>
        _deployed ??= await Deployed.PublishAsync(Path.GetFullPath(Path.Combine(Node.Folder, "..", "..", "..")), say);

    /// <summary>A bare Kestrel under the same JIT as the servers; returns before it serves.</summary>
    public static (Child Process, int Port) StartBare()
    {
        var port = Processes.Ports.Free();
        return (Child.StartSelf(Nothing, BareKestrel.Role, port.ToString(System.Globalization.CultureInfo.InvariantCulture)), port);
    }

    /// <summary>The settings of a gate over this stage's storage, whose registry is there already.</summary>
    public Dictionary<string, string> GateSettings(int port)
    {
        var environment = GateEnvironment.Of(_settings, port);
        environment.Remove("Gating__RegistrySeed");
        return environment;
    }

    public async Task<LoadReport> LoadAsync(LoadOrder order)
    {
        await Load.WriteAsync(order, Messages.Default.LoadOrder);
        return await Load.ReadAsync(Messages.Default.LoadReport);
    }

    /// <summary>Empties the trace queue: Azurite's grows slower with each message that waits.</summary>
    public async Task DrainQueueAsync()
    {
        var queue = new global::Azure.Storage.Queues.QueueClient(Azurite.ConnectionString, _settings.Prefix + "trace");
        if (await queue.ExistsAsync())
        {
            await queue.ClearMessagesAsync();
        }
    }

    public T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Push(started);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var last))
        {
            await last.DisposeAsync();
        }
    }

    private sealed class Spoken(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
