using System.Text.Json.Nodes;
using Gating.Functions.Background;
using Gating.Functions.Tests.World;
using Gating.Registry;
using Gating.Testing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Background;

/// <summary>A production instance that nobody could administer ends, and says why.</summary>
public sealed class RolesCheckingTests
{
    private readonly Faults _faults = new();

    [Theory]
    [InlineData("empty")]
    [InlineData("without roles")]
    public async Task An_instance_that_nobody_could_administer_ends_with_one_sentence_and_not_with_0(string what)
    {
        var store = await StoreAsync(what is "empty" ? null : static _ => { });
        await using var app = AppWith(store);
        (await Task.Run(() => GateExit.Run(app)).WaitAsync(TimeSpan.FromMinutes(1))).ShouldBe(GateExit.Fault);
        var ended = (await Should.ThrowAsync<ConfigurationException>(CheckAsync(store))).Errors.ShouldHaveSingleItem();
        ended.ShouldBe("The registry names no issuer that is trusted for roles, so that nobody could administer this gate: name one in the file of Gating:RegistrySeed");
    }

    [Fact]
    public async Task One_whose_issuer_of_roles_is_stopped_serves_on() =>
        await CheckAsync(await StoreAsync(static registry =>
        {
            DeskCall.Trust(registry);
            registry["issuers"]![0]!["status"] = "stopped";
        }));

    [Fact]
    public async Task Storage_that_does_not_answer_ends_nothing()
    {
        var store = await StoreAsync(null);
        _faults.On(StoreCall.ReadRegistry, Fault.Before);
        await CheckAsync(store);
        await Should.ThrowAsync<ConfigurationException>(CheckAsync(store));
    }

    private async Task<InMemoryRegistryStore> StoreAsync(Action<JsonObject>? registry)
    {
        var store = new InMemoryRegistryStore(_faults);
        if (registry is not null)
        {
            var seed = TestRegistry.Create("https://id.example");
            registry(seed);
            await TestRegistry.WriteAsync(store, seed, RegistryMode.Production);
        }

        return store;
    }

    private static async Task CheckAsync(InMemoryRegistryStore store)
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        lifetime.NotifyStarted();
        using var checking = new RolesChecking(RegistryOf(store), lifetime);
        await checking.StartAsync(default);
        await checking.ExecuteTask!;
    }

    private static WebApplication AppWith(InMemoryRegistryStore store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(RegistryOf(store)).AddHostedService<RolesChecking>();
        return builder.Build();
    }

    private static Lazy<RegistrySource> RegistryOf(InMemoryRegistryStore store) => new(() => new(store, TimeProvider.System, RegistryMode.Production));
}
