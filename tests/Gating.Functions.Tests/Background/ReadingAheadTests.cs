using Gating.Functions.Background;
using Gating.Functions.Tests.World;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;
using Gating.Testing.Jose;
using Gating.Testing.Storage;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Background;

/// <summary>What a first person would wait for is there before; what cannot be had ends nothing.</summary>
public sealed class ReadingAheadTests : IAsyncLifetime
{
    private readonly Faults _faults = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly TestKey _key = TestKey.Ec("k1");
    private LoopbackProvider _provider = null!;
    private InMemoryRegistryStore _store = null!;
    private RegistrySource _registry = null!;
    private IssuerKeys _keys = null!;
    private ReadingAhead _ahead = null!;

    public async Task InitializeAsync()
    {
        _provider = await LoopbackProvider.StartAsync();
        _provider.Publish("op", _key.Jwk());
        _provider.Publish("other", _key.Jwk());
        _store = new(_faults);
        await TestRegistry.WriteAsync(_store, TestRegistry.Create(_provider.Issuer("op"), _provider.Issuer("other")), RegistryMode.Development);
        _registry = new(_store, TimeProvider.System, RegistryMode.Development);
        _keys = new(new(AllowLoopback: true), TimeProvider.System, NullLogger<IssuerKeys>.Instance);
        _ahead = new(new(() => _registry), new(() => _keys), _lifetime);
    }

    public async Task DisposeAsync()
    {
        _ahead.Dispose();
        _keys.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task The_first_person_waits_for_neither_the_registry_nor_an_issuers_keys()
    {
        await RunAsync();
        var registry = _registry.GetAsync(default);
        registry.IsCompletedSuccessfully.ShouldBeTrue();
        var key = _keys.FindAsync((await registry).Issuers[_provider.Issuer("op")], "k1", SigningAlgorithm.ES256, default);
        key.IsCompletedSuccessfully.ShouldBeTrue();
        (await key).Status.ShouldBe(KeyStatus.Found);
        _provider.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task Nothing_is_asked_before_the_server_has_started()
    {
        await _ahead.StartAsync(default);
        _ahead.ExecuteTask!.IsCompleted.ShouldBeFalse();
        _provider.Requests.ShouldBe(0);
        _lifetime.NotifyStarted();
        await _ahead.ExecuteTask.WaitAsync(TimeSpan.FromSeconds(20));
        _provider.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task A_stopped_issuer_is_not_asked()
    {
        var registry = TestRegistry.Create(_provider.Issuer("op"), _provider.Issuer("other"));
        registry["issuers"]![1]!["status"] = "stopped";
        await TestRegistry.WriteAsync(_store, registry, RegistryMode.Development);
        await RunAsync();
        _provider.RequestsTo("/op/jwks").ShouldBe(1);
        _provider.RequestsTo("/other/jwks").ShouldBe(0);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_costs_nobody_elses_keys()
    {
        _provider.Answer("/other/.well-known/openid-configuration", LoopbackProvider.Status(503));
        await RunAsync();
        (await FindAsync("op")).ShouldBe(KeyStatus.Found);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_ends_nothing_and_whoever_asks_asks_anew()
    {
        _faults.On(StoreCall.ReadRegistry, Fault.Before);
        await RunAsync();
        _provider.Requests.ShouldBe(0);
        await Task.Delay(RegistrySource.FailurePause * 2);
        (await FindAsync("op")).ShouldBe(KeyStatus.Found);
    }

    [Fact]
    public async Task An_end_does_not_wait_for_an_issuer()
    {
        var (asked, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        _provider.Answer("/op/jwks", async _ =>
        {
            asked.TrySetResult();
            await never.Task;
        });
        await _ahead.StartAsync(default);
        _lifetime.NotifyStarted();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _ahead.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
        _ahead.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        never.SetResult();
    }

    [Fact]
    public async Task An_instance_does_it_by_itself()
    {
        await using var world = await GateWorld.StartAsync();
        world.IssuerRequests.ShouldBe(2);
        (await world.Call(world.IdToken("somebody")).SendAsync()).Status.ShouldBe(200);
        world.IssuerRequests.ShouldBe(2);
    }

    private async Task RunAsync()
    {
        _lifetime.NotifyStarted();
        await _ahead.StartAsync(default);
        await _ahead.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task<KeyStatus> FindAsync(string issuer) =>
        (await _keys.FindAsync((await _registry.GetAsync(default)).Issuers[_provider.Issuer(issuer)], "k1", SigningAlgorithm.ES256, default)).Status;
}
