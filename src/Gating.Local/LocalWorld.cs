using System.Security.Cryptography;
using Gating.Local.Gate;
using Gating.Local.OpenId;
using Gating.Local.Processes;
using Gating.Local.Storage;
using Gating.Local.Walk;

namespace Gating.Local;

/// <summary>Everything that runs while the program runs, and the order in which it ends: the gate first, its storage last.</summary>
internal sealed class LocalWorld : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _running = new();

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The person of this run's walk.</summary>
    public DemoPerson Walker { get; } = FreshWalker();

    public AzuriteProcess Azurite { get; private set; } = null!;

    public OpenIdProviderProcess Provider { get; private set; } = null!;

    public StudioApp Studio { get; private set; } = null!;

    public LocalGate Gate { get; private set; } = null!;

    public static async Task<LocalWorld> StartAsync(LocalOptions options, WalkReport report, CancellationToken cancellation)
    {
        var world = new LocalWorld();
        try
        {
            await world.StartAllAsync(options, report, cancellation);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until somebody wants to end, or something that must run has ended by itself: then it throws <see cref="SetupException"/> with its last words.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var stopped = Task.Delay(Timeout.Infinite, cancellation);
        var ended = await Task.WhenAny(stopped, Azurite.Ending, Provider.Ending);
        if (ended is Task<string> ending && !cancellation.IsCancellationRequested)
        {
            throw new SetupException(await ending);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var last))
        {
            await last.DisposeAsync();
        }

        Http.Dispose();
    }

    private async Task StartAllAsync(LocalOptions options, WalkReport report, CancellationToken cancellation)
    {
        report.Title("Starting");
        var runtime = await NodePackages.EnsureAsync(new Spoken(report), cancellation);
        var data = Run(DataFolder.Take(Path.GetFullPath(options.DataFolder ?? Path.Combine(runtime.Folder, "..", "..", "..", ".local"))));
        var ports = LocalPorts.From(options.Port);

        var storage = new AzuriteOptions(data.File("azurite"), ports.Blob, ports.Queue, ports.Table);
        Azurite = Run(await AzuriteProcess.StartAsync(runtime, storage, cancellation));
        report.Done($"storage (Azurite), data in {storage.DataFolder}");
        var evidence = options.EvidenceFolder is { } apart ? Run(await AzuriteProcess.StartAsync(runtime, new AzuriteOptions(apart), cancellation)) : null;

        Studio = Run(await StudioApp.StartAsync(ports.Studio, Http, cancellation));
        report.Done($"demonstration app at {Studio.Address}");

        var trust = new OpenIdProviderOptions(
            [Studio.Client], [.. DemoPerson.All, Walker], TimeSpan.FromMinutes(10), ports.Provider, data.File("provider-keys.json"));
        Provider = Run(await OpenIdProviderProcess.StartAsync(runtime, trust, TimeProvider.System, cancellation));
        Studio.Issuer = Provider.Issuer;
        report.Done($"OpenID provider (oidc-provider) at {Provider.Issuer}");

        Gate = Run(await LocalGate.StartAsync(new LocalGateOptions(ports.Gate, Azurite, Provider.Issuer, Studio.Secret, data.File("keys"), evidence?.Blob), cancellation));
        report.Done($"gate at {Gate.Address}");
    }

    private T Run<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Push(started);
        return started;
    }

    private static DemoPerson FreshWalker()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        return new DemoPerson("walker", "made for this run, proven at level high", $"u-walker-{id}", $"np-walker-{id}", new DemoProof("high", TimeSpan.FromDays(20)));
    }

    private sealed class Spoken(WalkReport report) : IProgress<string>
    {
        public void Report(string value) => report.Doing(value);
    }
}
