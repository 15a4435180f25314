using System.Globalization;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>An admin tries a draft of the policy, or of a tool, on what was decided, over the real surface and Azurite.</summary>
public sealed class ReplaysTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["policy"]!["personQuotas"] = JsonNode.Parse("""[{"name":"draft","scope":"app_person","limit":1,"kind":"calendar","period":"month","shadow":true}]""");
        });
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_draft_says_what_would_have_come_of_what_was_decided_and_changes_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            await _world.Call(_world.IdToken("mei")).GrantAsync();
        }

        await _world.Call(_world.IdToken("lin")).GrantAsync();
        await _world.LogAsync();

        var tried = await TryAsync("/v1/policies/default", JsonNode.Parse("""{"personQuotas":[{"name":"all","scope":"person","limit":1,"kind":"calendar","period":"month"}]}""")!);
        tried.ShouldBe(200);
        (Number(tried, "granted"), Number(tried, "would_refuse"), Number(tried, "refused_for_quotas"), tried.Json.GetProperty("people").GetProperty("replayed").GetInt32()).ShouldBe((4, 2, 0, 2));
        (tried.Json.GetProperty("quotas")[0].GetProperty("name").GetString(), tried.Json.GetProperty("quotas")[0].GetProperty("would_refuse").GetInt32()).ShouldBe(("all", 2));
        var hit = tried.Json.GetProperty("hardest_hit");
        hit.GetArrayLength().ShouldBe(1);
        (await _desk.GetAsync($"/v1/people/{hit[0].GetProperty("person").GetString()}", _desk.Admin("cid"))).Json.GetProperty("entries").GetInt32().ShouldBe(3);

        var path = $"/v1/tools/{Uri.EscapeDataString(TestRegistry.Tool)}";
        var tool = JsonNode.Parse((await _desk.GetAsync(path, _desk.Admin("ada"))).Body)!;
        tool["quotas"]![0]!["limit"] = 2;
        Number(await TryAsync(path, tool), "would_refuse").ShouldBe(1);

        // Neither was proposed, and both are as they were.
        (await _desk.GetAsync("/v1/changes", _desk.Admin("ada"))).Json.GetProperty("changes").GetArrayLength().ShouldBe(0);
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_quota_that_is_not_in_force_refuses_nobody_and_the_desk_sees_what_it_would_have()
    {
        for (var i = 0; i < 3; i++)
        {
            await _world.Call(_world.IdToken("mei")).GrantAsync();
        }

        await _world.LogAsync();
        var tried = await TryAsync("/v1/policies/default", JsonNode.Parse("""{"personQuotas":[{"name":"all","scope":"person","limit":2,"kind":"calendar","period":"month"}]}""")!);
        tried.ShouldBe(200);
        tried.Json.GetProperty("shadow").GetRawText().ShouldBe("""[{"name":"draft","would_have_refused":2}]""");

        var person = tried.Json.GetProperty("hardest_hit")[0].GetProperty("person").GetString();
        var stands = (await _desk.GetAsync($"/v1/people/{person}", _desk.Admin("cid"))).Json.GetProperty("usage")[0].GetProperty("quotas");
        stands.EnumerateArray().Where(static quota => quota.TryGetProperty("shadow", out _)).ShouldHaveSingleItem().GetRawText().ShouldContain("""name":"draft","scope":"app_person","limit":1,"remaining":0""");
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Headers["RateLimit-Policy"].ShouldBe("\"daily\";q=1000;w=86400");
    }

    [Fact]
    public async Task What_cannot_be_tried_is_told()
    {
        (await TryAsync("/v1/policies/default", JsonNode.Parse("""{"personQuotas":[{"name":"all","scope":"everybody","limit":1,"kind":"calendar","period":"month"}]}""")!)).ShouldBe(400, "registry_invalid");
        (await TryAsync("/v1/tools/https:%2F%2Fnowhere.test", JsonNode.Parse("{}")!)).ShouldBe(404, "not_registered");
        (await _desk.PostAsync("/v1/policies/default/replay", _desk.Admin("ada"), """{"draft":{}}""")).ShouldBe(400, "replay_malformed");
    }

    private Task<DeskAnswer> TryAsync(string path, JsonNode draft) => _desk.PostAsync(
        $"{path}/replay", _desk.Admin("ada"), new JsonObject { ["draft"] = draft, ["from"] = Time(-1), ["to"] = Time(1) }.ToJsonString());

    private static string Time(int hours) => DateTimeOffset.UtcNow.AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static int Number(DeskAnswer answer, string member) => answer.Json.GetProperty(member).GetInt32();
}
