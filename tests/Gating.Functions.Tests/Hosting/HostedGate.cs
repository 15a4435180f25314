using Gating.Functions.Tests.World;
using Gating.Local.OpenId;
using Gating.Local.Storage;
using Gating.Testing.Processes;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>The published gate behind a contract test host, over an Azurite of its own: function.json names the queues as they are, so nobody else may use them.</summary>
public sealed class HostedGate : IAsyncLifetime
{
    private readonly OpenIdProviderFixture _provider = new();
    private AzuriteProcess _azurite = null!;

    public GateWorld World { get; private set; } = null!;

    internal ContractHost Host { get; private set; } = null!;

    internal AzuriteProcess Azurite => _azurite;

    internal string Folder { get; private set; } = null!;

    internal StudioCall Studio => new(World.Http, Host.Address);

    /// <summary>Settings of the app, as an environment carries them.</summary>
    internal Dictionary<string, string?> Environment =>
        World.Settings.ToDictionary(static setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), static setting => setting.Value, StringComparer.Ordinal);

    public Task<string> SignInAsync(DemoPerson person) => _provider.SignInAsync(person);

    public string ProviderIssuer => _provider.Provider.Issuer;

    public TokenCall Call(string idToken) => new(World.Http, Host.Address, idToken);

    public async Task InitializeAsync()
    {
        Folder = await PublishedGate.FolderAsync();
        await _provider.InitializeAsync();
        _azurite = await SharedProcesses.NewAzuriteAsync();
        World = await GateWorld.StartAsync(azurite: _azurite, prefix: string.Empty, issuers: [_provider.Provider.Issuer], registry: static registry =>
        {
            registry["issuers"]![1]!["naturalPersonClaim"] = OpenIdProviderOptions.PersonClaim;
            registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling();
        });

        // A failed message is hidden for half a minute, as host.json says (tested there); five of them are too long for a test.
        Host = await ContractHost.StartAsync(Folder, Environment, _azurite, static settings => settings with { VisibilityTimeout = TimeSpan.FromMilliseconds(300) });
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await World.DisposeAsync();
        await _azurite.DisposeAsync();
        await _provider.DisposeAsync();
    }
}

/// <summary>Tests of the published gate share one, and do not run beside each other.</summary>
[CollectionDefinition(Name)]
public sealed class HostedGates : ICollectionFixture<HostedGate>
{
    public const string Name = "Functions host";
}
