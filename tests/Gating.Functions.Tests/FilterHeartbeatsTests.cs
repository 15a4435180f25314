using Gating.Functions.Tests.World;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>An app that says that its filters are active is let through, on the real surface and by every instance; one that falls silent is not.</summary>
public sealed class FilterHeartbeatsTests : IAsyncLifetime
{
    private const int Seconds = 20;

    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry =>
        {
            registry["tools"]![0]!["filterHeartbeatSeconds"] = Seconds;
            registry["tools"]!.AsArray().Add((System.Text.Json.Nodes.JsonNode)TestRegistry.NewTool(TestRegistry.Tool + "/open"));
            registry["apps"]![0]!["tools"]!.AsArray().Add(TestRegistry.Tool + "/open");
        });
        _studio = new(_world.Http, _world.Addresses[1]);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task From_the_heartbeat_on_it_is_open_everywhere_and_once_it_ran_out_it_is_closed()
    {
        (await _world.Call(_world.IdToken("mei")).SendAsync()).ShouldBeRefused(400, "moderation_stale");
        var said = await SayAsync(TestRegistry.Tool);
        (said.Status, said.Text("tool"), said.Json.GetProperty("every_seconds").GetInt32()).ShouldBe((200, TestRegistry.Tool, Seconds / 2));
        var until = said.Json.GetProperty("active_until").GetDateTimeOffset();
        until.ShouldBeInRange(DateTimeOffset.UtcNow.AddSeconds(Seconds - 10), DateTimeOffset.UtcNow.AddSeconds(Seconds));

        foreach (var instance in new[] { 0, 1 })
        {
            (await _world.Call(_world.IdToken("mei"), instance).SendAsync()).Status.ShouldBe(200);
        }

        await Task.Delay(until - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(100));
        foreach (var instance in new[] { 0, 1 })
        {
            (await _world.Call(_world.IdToken("mei"), instance).SendAsync()).ShouldBeRefused(400, "moderation_stale");
        }

        (await SayAsync(TestRegistry.Tool)).Status.ShouldBe(200);
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_is_none_is_told()
    {
        (await SayAsync("https://nowhere.test/")).Text("reason").ShouldBe("tool_unknown");
        (await SayAsync(TestRegistry.Tool + "/open", TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret))).Text("reason").ShouldBe("tool_unknown");
        (await SayAsync(TestRegistry.Tool + "/open")).Text("reason").ShouldBe("heartbeat_not_demanded");
        foreach (var (body, at) in new[] { ("""{"rules":"1"}""", "/tool"), ("""{"tool":"https://t.test","rules":""}""", "/rules"), ("""{"tool":"https://t.test","rules":"1","active":true}""", "/active") })
        {
            var refused = await _studio.PostAsync("/v1/filter-heartbeats", body);
            refused.Text("reason").ShouldBe("heartbeat_malformed");
            refused.Json.GetProperty("errors")[0].GetProperty("at").GetString().ShouldBe(at);
        }
    }

    private Task<StudioCall.Answer> SayAsync(string tool, System.Net.Http.Headers.AuthenticationHeaderValue? app = null) =>
        _studio.PostAsync("/v1/filter-heartbeats", $$"""{"tool":"{{tool}}","rules":"2026-11"}""", app);
}
