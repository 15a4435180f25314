using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Gating.Azure;
using Gating.Functions.Background;
using Gating.Functions.Tests.OpenApi;
using Gating.Ledger;
using Gating.Local.Storage;
using Gating.Messages;
using Gating.Registry;
using Gating.Testing.Jose;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Gating.Functions.Tests.World;

/// <summary>
/// Instances of the gate, each a Kestrel of its own, over one storage: the real Azurite, under names of its own. Trusts a loopback issuer whose tokens the
/// test makes, and, when asked, the real OpenID provider.
/// </summary>
public sealed class GateWorld : IAsyncDisposable
{
    public const string Issuer = "https://gate.test";

    private readonly List<WebApplication> _instances = [];
    private readonly ConcurrentDictionary<string, WebApplication> _served = new(StringComparer.Ordinal);
    private readonly LoopbackProvider _issuers;
    private readonly string _prefix;
    private readonly string _keys = Directory.CreateTempSubdirectory("gating-keys").FullName;
    private readonly byte[] _data = System.Security.Cryptography.RandomNumberGenerator.GetBytes(OperatorKey.Size);
    private StorageOptions _storage = null!;
    private Uri _tables = null!;
    private Uri _queues = null!;
    private Uri _blobs = null!;
    private bool _isWhole;

    private GateWorld(LoopbackProvider issuers, string prefix)
    {
        (_issuers, _prefix) = (issuers, prefix);
        var gates = new ContractHandler(new SocketsHttpHandler { MaxConnectionsPerServer = 512, AllowAutoRedirect = false }, address => _served.ContainsKey(address.Authority));
        Http = new(new PatientHandler(gates, () => _isWhole)) { Timeout = TimeSpan.FromSeconds(60) };
    }

    public CapturedLogs Logs { get; } = new();

    /// <summary>Signs the identity tokens of the loopback issuer.</summary>
    public TestKey Key { get; } = TestKey.Ec("k1");

    /// <summary>Another key of the loopback issuer.</summary>
    public TestKey OtherKey { get; } = TestKey.Ec("k2");

    public string IdentityIssuer => _issuers.Issuer("op");

    /// <summary>Requests to the loopback issuer so far.</summary>
    public int IssuerRequests => _issuers.Requests;

    public JsonObject Registry { get; private set; } = null!;

    /// <summary>Holds what it sends to a gate, and what is answered, against openapi.json.</summary>
    public HttpClient Http { get; }

    public IReadOnlyList<Uri> Addresses => [.. _instances.Select(instance => new Uri(instance.Urls.Single()))];

    /// <summary>Whether instances take messages and run timed tasks; off, so that tests count storage requests of their own alone.</summary>
    public bool DrivesItself { get; private init; }

    /// <summary>What every instance on this storage is set to, a process of its own included.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Gating:Development"] = "true",
        ["Gating:PublicUrl"] = Issuer,
        ["Gating:Storage:TableServiceUri"] = _tables.AbsoluteUri,
        ["Gating:Storage:QueueServiceUri"] = _queues.AbsoluteUri,
        ["Gating:Storage:BlobServiceUri"] = _blobs.AbsoluteUri,
        ["Gating:Storage:Prefix"] = _prefix,
        ["Gating:Storage:TryTimeout"] = "00:00:20",
        ["Gating:Keys:DevelopmentFolder"] = _keys,
        ["Gating:DrivesItself"] = DrivesItself ? "true" : "false",
    };

    public IServiceProvider Services => ServicesOf(0);

    public IServiceProvider ServicesOf(int instance) => _instances[instance].Services;

    /// <summary>Every method and route that is served.</summary>
    public IReadOnlyList<string> Routes => [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .SelectMany(static endpoint => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"))];

    public ILedgerStore Ledger => Services.GetRequiredService<ILedgerStore>();

    /// <param name="registry">Changes the registry before it is written.</param>
    /// <param name="tables">Another address for the tables: a proxy that loses answers.</param>
    /// <param name="azurite">Another than the one that tests share.</param>
    /// <param name="prefix">Of the names in storage; where it is empty, the Azurite has to be this world's own.</param>
    /// <param name="configure">The last word on each instance.</param>
    public static async Task<GateWorld> StartAsync(
        int instances = 1,
        Action<JsonObject>? registry = null,
        IEnumerable<string>? issuers = null,
        Uri? tables = null,
        Uri? queues = null,
        Uri? blobs = null,
        bool drivesItself = false,
        AzuriteProcess? azurite = null,
        string? prefix = null,
        Action<WebApplicationBuilder>? configure = null)
    {
        var isWhole = (tables ?? queues ?? blobs) is null && azurite is null;
        azurite ??= await SharedProcesses.AzuriteAsync();
        var world = new GateWorld(await LoopbackProvider.StartAsync(), prefix ?? AzuriteStorage.NewPrefix())
        {
            _tables = tables ?? azurite.Table,
            _queues = queues ?? azurite.Queue,
            _blobs = blobs ?? azurite.Blob,
            DrivesItself = drivesItself,
            _isWhole = isWhole,
        };
        world._storage = StorageOptions.Development(azurite.Table, azurite.Queue, azurite.Blob, world._prefix) with { TryTimeout = TimeSpan.FromSeconds(20) };
        world._issuers.Publish("op", world.Key.Jwk(), world.OtherKey.Jwk());
        world.Registry = TestRegistry.Create([world.IdentityIssuer, .. issuers ?? []]);
        registry?.Invoke(world.Registry);
        await File.WriteAllTextAsync(Path.Combine(world._keys, "data.key"), Convert.ToBase64String(world._data));
        using (var storage = new AzureStorage(world._storage, TimeProvider.System, new(world._data)))
        {
            await TestRegistry.WriteAsync(storage.Registry, world.Registry, RegistryMode.Development);
        }

        for (var i = 0; i < instances; i++)
        {
            await world.AddInstanceAsync(configure);
        }

        return world;
    }

    /// <summary>One more instance, which has read ahead: what it asks from now on, it asks for a test.</summary>
    public async Task<Uri> AddInstanceAsync(Action<WebApplicationBuilder>? configure = null)
    {
        _isWhole &= configure is null;
        var app = GateApp.Build([], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(Settings);
            builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Trace))]);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
            configure?.Invoke(builder);
        });
        await app.StartAsync();
        await app.Services.GetServices<IHostedService>().OfType<ReadingAhead>().Single().ExecuteTask!;
        _instances.Add(app);
        var address = new Uri(app.Urls.Single());
        _served[address.Authority] = app;
        return address;
    }

    /// <summary>Ends when the first instance has had its one look at the log, three seconds after its start: from there on nothing is asked of storage but for what a test does.</summary>
    public Task LogLookedAtAsync() => Services.GetServices<IHostedService>().OfType<LogChecking>().Single().ExecuteTask!;

    /// <summary>One more instance, which takes messages and runs timed tasks whatever the others do.</summary>
    public Task<Uri> AddDrivenInstanceAsync() => AddInstanceAsync(static builder => builder.Configuration.AddInMemoryCollection([new("Gating:DrivesItself", "true")]));

    /// <summary>Writes the changed registry; every instance has it two seconds later at the latest.</summary>
    public Task ChangeRegistryAsync(Action<JsonObject> change)
    {
        change(Registry);
        return TestRegistry.WriteAsync(Services.GetRequiredService<IRegistryStore>(), Registry, RegistryMode.Development);
    }

    /// <summary>An identity token of the loopback issuer.</summary>
    public string IdToken(string subject, string level = "high", Action<RawObject>? change = null, TestKey? key = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var payload = new RawObject()
            .Text("iss", IdentityIssuer).Text("sub", subject).Text("aud", TestRegistry.ClientId).Number("iat", now).Number("exp", now + 600)
            .Set("verified_claims", $$$"""{"verification":{"trust_framework":"demo_framework","assurance_level":"{{{level}}}","time":"{{{DateTimeOffset.UtcNow.AddDays(-20).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}}}"},"claims":{"given_name":"x"}}""");
        change?.Invoke(payload);
        var signer = key ?? Key;
        return signer.Token($$"""{"alg":"{{signer.Algorithm}}","kid":"{{signer.Id}}"}""", payload.ToString());
    }

    public TokenCall Call(string idToken, int instance = 0) => new(Http, Addresses[instance], idToken);

    /// <summary>The stream of a person of the loopback issuer, who has been seen before.</summary>
    public Task<StreamId> StreamOfAsync(string subject) => StreamOfAsync(IdentityIssuer, subject);

    public async Task<StreamId> StreamOfAsync(string issuer, string subject)
    {
        var names = Services.GetRequiredService<StreamNames>();
        var named = await names.OfPersonAsync(new(issuer, subject, null, Identity.Assurance.None, null, DateTimeOffset.MaxValue), default);
        return named.ShouldBeOfType<NamedStream.Found>().Stream;
    }

    public async Task<List<Entry>> EntriesAsync(StreamId stream)
    {
        var entries = new List<Entry>();
        await foreach (var entry in Ledger.ReadEntriesAsync(stream, 1, long.MaxValue, default))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Names of the files that the archive has.</summary>
    public Task<List<string>> ArchivedNamesAsync() => NamesAsync("archive");

    /// <summary>Names of what came in past the gate and is there still, notes of refusals included.</summary>
    public Task<List<string>> IncomingNamesAsync() => NamesAsync("incoming");

    public BlobContainerClient Container(string name) => AzuriteStorage.Container(_storage, _prefix + name);

    /// <summary>The sealer's lease ends now, whoever has it: what storage does by itself 45 s after its holder died, or while its holder stands still.</summary>
    public async Task EndLeaseAsync()
    {
        try
        {
            await Container("log").GetBlobClient("lease").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
        }
        catch (RequestFailedException free) when (free.Status is 404 or 409)
        {
            // Nobody has it.
        }
    }

    /// <summary>Takes every message that waits in a queue.</summary>
    public async Task<List<byte[]>> TakeMessagesAsync(string queue)
    {
        var (client, messages) = (AzuriteStorage.QueueOf(_storage, _prefix + queue), new List<byte[]>());
        while (await client.ExistsAsync() && (await client.ReceiveMessagesAsync(32)).Value is { Length: > 0 } page)
        {
            foreach (var message in page)
            {
                messages.Add(message.Body.ToArray());
                await client.DeleteMessageAsync(message.MessageId, message.PopReceipt);
            }
        }

        return messages;
    }

    /// <summary>Messages in a queue, those that somebody holds included.</summary>
    public async Task<int> QueueLengthAsync(string queue) => (await AzuriteStorage.QueueOf(_storage, _prefix + queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;

    /// <summary>As a driver delivers it.</summary>
    public Task<MessageOutcome> DeliverAsync(string queue, byte[] message, int instance = 0) =>
        _instances[instance].Services.GetServices<IMessageHandler>().Single(handler => handler.Queue == queue).HandleAsync(message, default);

    /// <summary>What was announced so far is logged, and found by its digests and its look: what a driver does within a second.</summary>
    public async Task LogAsync()
    {
        foreach (var message in await TakeMessagesAsync(QueueNames.Trace))
        {
            (await DeliverAsync(QueueNames.Trace, message)).ShouldBeOfType<MessageOutcome.Done>();
        }
    }

    public async Task ShouldBeSoundAsync(StreamId stream) => (await StreamVerifier.VerifyAsync(Ledger, stream, default)).Findings.ShouldBeEmpty();

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.StopAsync();
            await instance.DisposeAsync();
        }

        Http.Dispose();
        await _issuers.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    private async Task<List<string>> NamesAsync(string containerName)
    {
        var container = Container(containerName);
        var names = new List<string>();
        if (await container.ExistsAsync())
        {
            await foreach (var blob in container.GetBlobsAsync())
            {
                names.Add(blob.Name);
            }
        }

        return names;
    }
}
