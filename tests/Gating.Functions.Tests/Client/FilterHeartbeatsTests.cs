using Gating.Client;
using Gating.Functions.Tests.World;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>An app tells a real gate through the client library that its filters are active.</summary>
public sealed class FilterHeartbeatsTests : IAsyncLifetime
{
    private ClientScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ClientScene.StartAsync(static registry => registry["tools"]![0]!["filterHeartbeatSeconds"] = 600);

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task What_was_said_opens_the_tool_and_says_when_to_say_it_again()
    {
        var app = _scene.App();
        (await app.ExchangeAsync(_scene.Asking("mei"), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.Reason.ShouldBe("moderation_stale");
        var heartbeat = (await app.SayFiltersAreActiveAsync(TestRegistry.Tool, "2026-11", default)).ShouldBeOfType<FilterHeartbeatOutcome.Recorded>().Heartbeat;
        heartbeat.Every.ShouldBe(TimeSpan.FromSeconds(300));
        heartbeat.ActiveUntil.ShouldBeGreaterThan(DateTimeOffset.UtcNow);
        (await app.ExchangeAsync(_scene.Asking("mei"), default)).ShouldBeOfType<ExchangeOutcome.Granted>();
        (await app.SayFiltersAreActiveAsync("https://nowhere.test/", "2026-11", default)).ShouldBeOfType<FilterHeartbeatOutcome.Refused>().Refusal.Reason.ShouldBe("tool_unknown");
    }
}
