using System.Text;
using Gating.Azure;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Between the gate and the real Azurite stands a network that fails: the answer is a clear refusal, never a yes, and service comes back by itself.</summary>
public sealed class FailClosedTests
{
    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.Busy)]
    [InlineData(WireFault.ErrorAfter)]
    [InlineData(WireFault.Forbidden)]
    public async Task Tables_down_is_503_with_nothing_granted_and_comes_back_without_a_restart(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Table);
        await using var world = await GateWorld.StartAsync(tables: proxy.Address);
        var token = world.IdToken("alice");
        (await world.Call(token).SendAsync()).Status.ShouldBe(200);

        proxy.Choose((_, _) => fault);
        var refused = await world.Call(token).Key("during").SendAsync();
        refused.Status.ShouldBe(503, refused.Body);
        refused.Headers.ContainsKey("Retry-After").ShouldBeTrue();
        refused.Body.ShouldNotContain("access_token");

        proxy.Choose((_, _) => WireFault.None);
        await Eventually.TrueAsync(async () => (await world.Call(token).Key("after").SendAsync()).Status == 200);
        await world.ShouldBeSoundAsync(await world.StreamOfAsync("alice"));
    }

    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.AnswerLost)]
    public async Task The_queue_down_is_503_and_what_was_recorded_is_granted_to_the_repeat(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Queue);
        await using var world = await GateWorld.StartAsync(queues: proxy.Address);
        var token = world.IdToken("alice");
        (await world.Call(token).SendAsync()).Status.ShouldBe(200);

        proxy.Choose((_, _) => fault);
        (await world.Call(token).Key("during").SendAsync()).Status.ShouldBe(503);

        proxy.Choose((_, _) => WireFault.None);
        var granted = await world.Call(token).Key("during").SendAsync();
        granted.Status.ShouldBe(200, granted.Body);
        (await world.Call(token).Key("during").SendAsync()).GrantId.ShouldBe(granted.GrantId);
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Count(entry => entry.Kind is EntryKind.Granted).ShouldBe(2);
        await world.ShouldBeSoundAsync(stream);
    }

    [Theory]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.ErrorAfter)]
    [InlineData(WireFault.Duplicate)]
    [InlineData(WireFault.ResetBefore)]
    public async Task One_fault_of_the_transaction_is_survived_and_charged_once(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Table);
        await using var world = await GateWorld.StartAsync(tables: proxy.Address);
        var token = world.IdToken("alice");
        (await world.Call(token).SendAsync()).Status.ShouldBe(200);

        var once = 1;
        proxy.Choose((request, _) => request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal) && Interlocked.Exchange(ref once, 0) == 1 ? fault : WireFault.None);
        var granted = await world.Call(token).Key("k").SendAsync();
        granted.Status.ShouldBe(200, granted.Body);
        once.ShouldBe(0);
        (await world.Call(token).Key("k").SendAsync()).GrantId.ShouldBe(granted.GrantId);
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Count(entry => entry.Kind is EntryKind.Granted).ShouldBe(2);
        (await world.Ledger.ReadHeadAsync(stream, default))!.Head.State.Windows.Single().Used.ShouldBe(2);
        await world.ShouldBeSoundAsync(stream);
    }

    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.Busy)]
    public async Task While_tables_are_down_nobody_is_told_that_anything_is_revoked_and_the_same_order_completes_it(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Table);
        await using var world = await GateWorld.StartAsync(registry: DeskCall.Trust, tables: proxy.Address);
        var (desk, grants) = (new DeskCall(world), new GrantCall(world));
        var (kept, given) = ((await world.Call(world.IdToken("alice")).GrantAsync()), (await world.Call(world.IdToken("bob")).GrantAsync()));
        var order = Encoding.UTF8.GetBytes($$$"""{"subject":{"account":{"issuer":"{{{world.IdentityIssuer}}}","subject":"alice"}},"reason":"abuse","text":"x"}""");
        Task<DeskAnswer> RevokeAsync() => desk.SendAsync(HttpMethod.Post, "/v1/revocations", desk.Admin("ada"), order, ("Idempotency-Key", "k"));

        proxy.Choose((_, _) => fault);
        (await RevokeAsync()).Status.ShouldBe(503);
        foreach (var refused in new[] { await grants.IntrospectAsync(kept), await grants.RevokeAsync(given) })
        {
            refused.Status.ShouldBe(503, refused.ToString());
            refused.Headers.ContainsKey("Retry-After").ShouldBeTrue();
            refused.ToString().ShouldNotContain("active");
        }

        proxy.Choose((_, _) => WireFault.None);
        await Eventually.TrueAsync(async () => (await RevokeAsync()).Status is 200 or 201);
        (await grants.RevokeAsync(given)).Status.ShouldBe(200);
        foreach (var (subject, grant, kind) in new[] { ("alice", kept, EntryKind.StatusChanged), ("bob", given, EntryKind.Released) })
        {
            (await grants.IntrospectAsync(grant)).Json.GetProperty("active").GetBoolean().ShouldBeFalse();
            var stream = await world.StreamOfAsync(subject);
            (await world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, kind]);
            await world.ShouldBeSoundAsync(stream);
        }
    }

    [Fact]
    public async Task An_instance_without_its_registry_is_not_ready_and_grants_nothing()
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Table);
        await using var world = await GateWorld.StartAsync(tables: proxy.Address);
        var ready = new Uri(world.Addresses[0], "/readyz");
        (await world.Http.GetAsync(ready)).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);

        proxy.Choose((_, _) => WireFault.Busy);
        await Eventually.TrueAsync(async () => (await world.Http.GetAsync(ready)).StatusCode is System.Net.HttpStatusCode.ServiceUnavailable);
        (await world.Call(world.IdToken("alice")).SendAsync()).Status.ShouldBe(503);
        (await world.Http.GetAsync(new Uri(world.Addresses[0], "/healthz"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_registry_row_that_cannot_be_read_closes_the_gate()
    {
        await using var world = await GateWorld.StartAsync();
        var store = (Registry.IRegistryStore)world.Services.GetService(typeof(Registry.IRegistryStore))!;
        var version = await store.ReadVersionAsync(default);
        await store.WriteAsync(version, [new("app", TestRegistry.App, "{\"broken\":")], [], default);
        await Eventually.TrueAsync(async () => (await world.Call(world.IdToken("alice")).SendAsync()).Status == 503);
        (await world.Call(world.IdToken("alice")).SendAsync()).Reason.ShouldBe("registry_unreadable");
    }

    /// <summary>Somebody who can write to storage takes the row away by which an app is stopped.</summary>
    [Fact]
    public async Task A_registry_that_was_changed_past_the_gate_closes_it_and_no_seed_is_written_upon_it()
    {
        await using var world = await GateWorld.StartAsync();
        (await world.Call(world.IdToken("alice")).SendAsync()).Status.ShouldBe(200);
        var intruder = new Intruder(await AzuriteStorage.NewOptionsAsync() with { Prefix = world.Settings["Gating:Storage:Prefix"]! });
        var rows = await intruder.RowsAsync(intruder.Keys.RegistryTable, TableKeys.Registry);
        var other = rows.Single(static row => row.RowKey == TableKeys.RegistryRow("app", TestRegistry.OtherApp));
        await intruder.DeleteAsync(intruder.Keys.RegistryTable, other);

        await world.AddInstanceAsync();
        (await world.Call(world.IdToken("alice"), 1).SendAsync()).Status.ShouldBe(503);
        (await world.Call(world.IdToken("alice"), 1).SendAsync()).Reason.ShouldBe("registry_unreadable");
        var store = (Registry.IRegistryStore)world.Services.GetService(typeof(Registry.IRegistryStore))!;
        var seed = ((Registry.RegistryReading.Valid)Registry.RegistryReader.ReadDocument(Encoding.UTF8.GetBytes(world.Registry.ToJsonString()), Registry.RegistryMode.Development)).Document;
        (await new Registry.RegistrySeeder(store, Registry.RegistryMode.Development).SeedAsync(seed, Registry.SeedMode.Merge, default)).ShouldBeOfType<Registry.SeedOutcome.Refused>();

        await intruder.PutAsync(intruder.Keys.RegistryTable, other);
        await Eventually.TrueAsync(async () => (await world.Call(world.IdToken("alice"), 1).SendAsync()).Status == 200);
    }

    [Fact]
    public async Task An_instance_whose_clock_is_off_decides_nothing()
    {
        var time = ManualTime.Running();
        await using var world = await GateWorld.StartAsync(configure: builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(builder.Services, time));
        (await world.Call(world.IdToken("alice")).SendAsync()).Status.ShouldBe(200);
        time.Set(TimeSpan.FromSeconds(45));
        time.Pass(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(async () => (await world.Call(world.IdToken("alice")).SendAsync()).Reason == "clock_off");
    }
}
