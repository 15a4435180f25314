using System.Diagnostics;
using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Registry;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.Desk;

/// <summary>An admin stops an app, a tool or an issuer: from the answer on it is closed on every instance, whatever a seed says, until the last stop on it is lifted.</summary>
public sealed class StopSwitchTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string OtherIssuer = "https://other.example";

    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: DeskCall.Trust, issuers: [OtherIssuer]);
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_grant_of_an_issuer_that_is_stopped_is_not_redeemed()
    {
        var grant = await _world.Call(_world.IdToken("mei")).GrantAsync();
        await _world.ChangeRegistryAsync(static registry => registry["issuers"]!.AsArray()[1]!["status"] = "stopped");
        await Task.Delay(RegistrySource.MaxAge + TimeSpan.FromMilliseconds(200));
        var other = await _world.Call(_world.IdToken("bo")).GrantAsync();
        (await new StudioCall(_world.Http, _world.Addresses[0]).BeginAsync(other)).Status.ShouldBe(201);

        await _world.ChangeRegistryAsync(static registry => registry["issuers"]!.AsArray()[0]!["status"] = "stopped");
        await Task.Delay(RegistrySource.MaxAge + TimeSpan.FromMilliseconds(200));
        for (var instance = 0; instance < 2; instance++)
        {
            (await new StudioCall(_world.Http, _world.Addresses[instance]).BeginAsync(grant)).Text("reason").ShouldBe("issuer_stopped");
        }
    }

    [Theory]
    [InlineData("app", TestRegistry.App)]
    [InlineData("tool", TestRegistry.Tool)]
    [InlineData("issuer", OtherIssuer)]
    public async Task It_is_closed_everywhere_from_the_answer_on_until_the_last_stop_is_lifted(string kind, string name)
    {
        var grant = (await _world.Call(_world.IdToken("mei")).GrantAsync());
        await ShouldBeAsync(kind, name, RegistryStatus.Active);
        var watch = Stopwatch.StartNew();
        var stopped = await StopAsync(kind, name, "k1");
        var took = watch.Elapsed;
        stopped.ShouldBe(201);
        stopped.Json.GetProperty("subject").GetProperty(kind).GetString().ShouldBe(name);
        took.ShouldBeGreaterThanOrEqualTo(RegistrySource.MaxAge - TimeSpan.FromMilliseconds(50));
        await ShouldBeAsync(kind, name, RegistryStatus.Stopped);
        if (kind is not "issuer")
        {
            for (var instance = 0; instance < 2; instance++)
            {
                var refused = await _world.Call(_world.IdToken("mei"), instance).SendAsync();
                refused.ShouldBeRefused(kind is "app" ? 401 : 400, kind is "app" ? "client_not_authenticated" : "tool_stopped");
                (await new StudioCall(_world.Http, _world.Addresses[instance]).BeginAsync(grant)).Text("reason").ShouldBe($"{kind}_stopped");
            }
        }

        (await StopAsync(kind, name, "k1")).Text("revocation").ShouldBe(stopped.Text("revocation"));
        var second = await StopAsync(kind, name, "k2");
        second.ShouldBe(201);

        // A seed that says otherwise, or one of two liftings, opens nothing.
        await _world.ChangeRegistryAsync(static registry => registry["apps"]!.AsArray()[0]!["name"] = "renamed");
        (await LiftAsync(stopped)).Text("standing").ShouldBe("lifted");
        await ShouldBeAsync(kind, name, RegistryStatus.Stopped);
        (await _desk.GetAsync($"/v1/revocations/{second.Text("revocation")}", _desk.Admin("ben"))).Text("standing").ShouldBe("standing");
        (await LiftAsync(second)).ShouldBe(200);
        await ShouldBeAsync(kind, name, RegistryStatus.Active);
        (await _world.Call(_world.IdToken("mei"), instance: 1).SendAsync()).Status.ShouldBe(200);
        await ShouldBeRecordedAsync();
        output.WriteLine($"{kind}: answered after {took.TotalMilliseconds:F0} ms");
    }

    [Theory]
    [InlineData("app", TestRegistry.App)]
    [InlineData("tool", TestRegistry.Tool)]
    [InlineData("issuer", OtherIssuer)]
    public async Task One_that_begins_later_closes_every_instance_at_its_time(string kind, string name)
    {
        var from = DateTimeOffset.UtcNow.AddSeconds(5);
        var ordered = await PostAsync($$$"""{"subject":{"{{{kind}}}":"{{{name}}}"},"reason":"compliance","text":"x","effective_from":"{{{Registry.Reading.Rfc3339.Text(from)}}}"}""", "k");
        ordered.ShouldBe(201);
        ordered.Text("standing").ShouldBe("waiting");
        await ShouldBeAsync(kind, name, RegistryStatus.Active);
        DateTimeOffset.UtcNow.ShouldBeLessThan(from, "too slow to see anything");
        await Task.Delay(from - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(20));
        await ShouldBeAsync(kind, name, RegistryStatus.Stopped);
        (await _desk.GetAsync($"/v1/revocations/{ordered.Text("revocation")}", _desk.Admin("ben"))).Text("standing").ShouldBe("standing");
        (await LiftAsync(ordered)).ShouldBe(200);
        await ShouldBeAsync(kind, name, RegistryStatus.Active);
    }

    [Fact]
    public async Task What_stops_many_takes_strong_authentication_and_a_name_that_is_registered()
    {
        var weak = _desk.Admin("ada", static payload => payload.Drop("acr"));
        (await StopAsync("tool", TestRegistry.Tool, "k", weak)).ShouldBe(401, "authentication_not_strong");
        (await StopAsync("tool", "https://tools.example/none", "k")).ShouldBe(404, "not_registered");
        (await StopAsync("app", "nobody", "k")).ShouldBe(404, "not_registered");
        (await StopAsync("issuer", _world.IdentityIssuer, "k")).ShouldBe(409, "own_issuer");
        (await PostAsync($$"""{"subject":{"app":"{{TestRegistry.App}}"},"reason":"compliance","text":"x","suspend_until":"2099-01-01T00:00:00Z"}""", "k")).ShouldBe(400, "revocation_malformed");
        (await PostAsync($$"""{"subject":{"app":"{{TestRegistry.App}}","tool":"{{TestRegistry.Tool}}"},"reason":"compliance","text":"x"}""", "k")).ShouldBe(400, "revocation_malformed");
        var stopped = await StopAsync("tool", TestRegistry.Tool, "k");
        stopped.ShouldBe(201);
        (await _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{stopped.Text("revocation")}", weak, """{"text":"x"}"""u8.ToArray())).ShouldBe(401, "authentication_not_strong");
        await ShouldBeAsync("tool", TestRegistry.Tool, RegistryStatus.Stopped);
    }

    /// <summary>As every instance has it now, by its own snapshot.</summary>
    private async Task ShouldBeAsync(string kind, string name, RegistryStatus status)
    {
        for (var instance = 0; instance < 2; instance++)
        {
            var snapshot = await _world.ServicesOf(instance).GetRequiredService<RegistrySource>().GetAsync(default);
            (kind switch { "app" => snapshot.Apps[name].Status, "tool" => snapshot.Tools[name].Status, _ => snapshot.Issuers[name].Status }).ShouldBe(status);
        }
    }

    private async Task ShouldBeRecordedAsync()
    {
        var operators = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
        (await _world.EntriesAsync(operators)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Revoked, EntryKind.Revoked, EntryKind.RevocationLifted, EntryKind.RevocationLifted]);
        await _world.ShouldBeSoundAsync(operators);
    }

    private Task<DeskAnswer> StopAsync(string kind, string name, string key, string? admin = null) => PostAsync($$$"""{"subject":{"{{{kind}}}":"{{{name}}}"},"reason":"compliance","text":"x"}""", key, admin);

    private Task<DeskAnswer> PostAsync(string body, string key, string? admin = null) =>
        _desk.SendAsync(HttpMethod.Post, "/v1/revocations", admin ?? _desk.Admin("ada"), Encoding.UTF8.GetBytes(body), ("Idempotency-Key", key));

    private Task<DeskAnswer> LiftAsync(DeskAnswer stopped) =>
        _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{stopped.Text("revocation")}", _desk.Admin("ben"), """{"text":"over"}"""u8.ToArray());
}
