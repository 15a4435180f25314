using System.Text;
using System.Text.Json.Nodes;
using Gating.Access;
using Gating.Functions.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>What an admin sees of a person: how they stand, and nothing that says who they are.</summary>
public sealed class PeopleTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]![0]!["quotas"] = new JsonArray(new JsonObject { ["name"] = "daily", ["scope"] = "app_person_tool", ["limit"] = 10, ["kind"] = "calendar", ["period"] = "day" });
        });
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Status_stops_and_use_as_they_are_now()
    {
        await _world.Call(_world.IdToken("mei")).Units(3).GrantAsync();
        await _world.Call(_world.IdToken("mei")).GrantAsync();
        var before = await AskAsync("mei");
        (before.Text("status"), before.Json.GetProperty("stops").GetInt32(), before.Json.GetProperty("holds").GetInt32(), before.Json.GetProperty("entries").GetInt32()).ShouldBe(("active", 0, 0, 2));
        var usage = before.Json.GetProperty("usage").EnumerateArray().ShouldHaveSingleItem();
        (usage.GetProperty("app").GetString(), usage.GetProperty("tool").GetString()).ShouldBe((TestRegistry.App, TestRegistry.Tool));
        var quota = usage.GetProperty("quotas").EnumerateArray().ShouldHaveSingleItem();
        (quota.GetProperty("name").GetString(), quota.GetProperty("scope").GetString(), quota.GetProperty("limit").GetInt64(), quota.GetProperty("remaining").GetInt64()).ShouldBe(("daily", "app_person_tool", 10, 6));
        foreach (var secret in new[] { "mei", _world.IdentityIssuer, (await _world.StreamOfAsync("mei")).ToString() })
        {
            before.Body.ShouldNotContain(secret);
        }

        await StopAsync("mei", "l", ",\"effective_from\":\"2027-01-01T00:00:00+08:00\"");
        var later = await AskAsync("mei");
        (later.Text("status"), later.Json.GetProperty("stops").GetInt32(), later.Json.GetProperty("next_stop").GetDateTimeOffset()).ShouldBe(("active", 0, new(2026, 12, 31, 16, 0, 0, TimeSpan.Zero)));

        var until = DateTimeOffset.UtcNow.AddHours(1);
        await StopAsync("mei", "s", $",\"suspend_until\":\"{until:yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
        var suspended = await AskAsync("mei");
        (suspended.Text("status"), suspended.Json.GetProperty("stops").GetInt32()).ShouldBe(("suspended", 1));
        suspended.Json.GetProperty("suspended_until").GetDateTimeOffset().ShouldBe(until, TimeSpan.FromSeconds(1));

        await StopAsync("mei", "r", "");
        var revoked = await AskAsync("mei");
        (revoked.Text("status"), revoked.Json.GetProperty("stops").GetInt32(), revoked.Json.TryGetProperty("suspended_until", out _)).ShouldBe(("revoked", 2, false));
    }

    [Fact]
    public async Task Somebody_who_was_never_seen_and_a_handle_of_others_are_nobody()
    {
        await _world.Call(_world.IdToken("mei")).GrantAsync();
        var handles = _world.Services.GetRequiredService<DeskHandles>();
        var (of, never) = (handles.OfPerson(new(_world.IdentityIssuer, "rita", null), await _world.StreamOfAsync("mei")), handles.OfPerson(Ledger.StreamId.Create()));
        foreach (var id in new[] { of, never, "x" })
        {
            (await _desk.GetAsync($"/v1/people/{id}", _desk.Admin("ada"))).ShouldBe(404, "person_unknown");
        }
    }

    private async Task<DeskAnswer> AskAsync(string subject)
    {
        var answer = await _desk.GetAsync($"/v1/people/{_world.Services.GetRequiredService<DeskHandles>().OfPerson(await _world.StreamOfAsync(subject))}", _desk.Admin("ada"));
        answer.ShouldBe(200);
        return answer;
    }

    private async Task StopAsync(string subject, string key, string more)
    {
        var order = $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}},"reason":"abuse","text":"x"{{{more}}}}""";
        (await _desk.SendAsync(HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"), Encoding.UTF8.GetBytes(order), ("Idempotency-Key", key))).ShouldBe(201);
    }
}
