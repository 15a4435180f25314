using System.Text.Json.Nodes;
using Gating.Client;
using Gating.Client.Tools;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Microsoft.Extensions.Configuration;
using Shouldly;

namespace Gating.Functions.Tests.Client;

/// <summary>A real gate over real storage, behind a front whose address is its public one, and apps and tools that know nothing but that address.</summary>
public sealed class ClientScene : IAsyncDisposable
{
    private ClientScene(GateFront front, GateWorld world) => (Front, World) = (front, world);

    public GateFront Front { get; }

    public GateWorld World { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public Uri Gate => new(Front.Origin);

    public static async Task<ClientScene> StartAsync(Action<JsonObject>? registry = null)
    {
        var front = await GateFront.StartAsync();
        var world = await GateWorld.StartAsync(
            registry: json =>
            {
                json["tools"]![0]!["labelling"] = TestRegistry.NewLabelling();
                registry?.Invoke(json);
            },
            configure: builder => builder.Configuration.AddInMemoryCollection([new("Gating:PublicUrl", front.Origin)]));
        front.Gate = world.Addresses[0];
        return new(front, world);
    }

    public GatingApp App(Es256Key? dpop = null, Es256Key? assertion = null, TimeSpan? tryTimeout = null) => new(
        Http,
        new() { Gate = Gate, ClientId = TestRegistry.App, ClientSecret = assertion is null ? TestRegistry.Secret : null, AssertionKey = assertion, DpopKey = dpop, TryTimeout = tryTimeout ?? TimeSpan.FromSeconds(10) },
        TimeProvider.System);

    public GrantRequest Asking(string person, int units = 1, string? key = null) =>
        new() { IdToken = World.IdToken(person), Resource = TestRegistry.Tool, Operation = "face_swap", Units = units, IdempotencyKey = key };

    /// <summary>The grant, asked for until the gate on a busy machine can say.</summary>
    public async Task<Grant> GrantAsync(GatingApp app, string person, int units = 1) =>
        (await app.ExchangeAsync(Asking(person, units), default)).ShouldBeOfType<ExchangeOutcome.Granted>().Grant;

    public GrantVerifier Verifier(TimeSpan? listMaxAge = null, bool demandsDpop = false) => new(
        Http, new() { Issuer = Front.Origin, Resource = TestRegistry.Tool, StatusListMaxAge = listMaxAge ?? TimeSpan.FromSeconds(15), DemandsDpop = demandsDpop }, TimeProvider.System);

    /// <summary>What was granted to a person, as the ledger has it.</summary>
    public async Task<int> GrantedAsync(string person) =>
        (await World.EntriesAsync(await World.StreamOfAsync(person))).Count(static entry => entry.Kind is EntryKind.Granted);

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Front.DisposeAsync();
        Http.Dispose();
    }
}
