using System.Text;
using System.Text.Json.Nodes;
using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Tests.World;
using Gating.Testing.Jose;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>What is registered is read and changed over HTTP by admins: as it was read, by two where two are needed, and never with more than there is to write.</summary>
public sealed class RegistryApiTests : IAsyncLifetime
{
    private static readonly string ToolPath = $"/v1/tools/{Uri.EscapeDataString(TestRegistry.Tool)}";
    private static readonly TimeSpan EverywhereWithin = TimeSpan.FromSeconds(2.2);

    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry =>
        {
            DeskCall.Trust(registry);
            var key = JsonNode.Parse(TestKey.Ec("eyes-1").Jwk(static jwk => jwk.Text("alg", "ES256")))!;
            registry["moderators"] = new JsonArray(new JsonObject { ["id"] = "eyes", ["name"] = "Eyes", ["status"] = "active", ["jwks"] = new JsonObject { ["keys"] = new JsonArray(key) } });
        });
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_tool_is_changed_by_two_admins_and_two_seconds_later_on_every_instance()
    {
        var proposed = await EditAsync(ToolPath, "maxUnits", 1, "ada");
        proposed.ShouldBe(202);
        var change = proposed.Text("change");
        proposed.Location.ShouldBe($"/v1/changes/{change}");
        proposed.Text("standing").ShouldBe("proposed");
        (await _desk.PostAsync($"/v1/changes/{change}/approve", _desk.Admin("ada"))).ShouldBe(403, "second_human_needed");
        (await ToolAsync())["maxUnits"]!.GetValue<int>().ShouldBe(10);

        (await _desk.PostAsync($"/v1/changes/{change}/approve", _desk.Admin("ben"))).ShouldBe(200);
        (await ToolAsync())["maxUnits"]!.GetValue<int>().ShouldBe(1);
        var told = await _desk.GetAsync($"/v1/changes/{change}", _desk.Admin("cid"));
        told.Text("standing").ShouldBe("applied");
        told.Json.GetProperty("before").GetProperty("item").GetProperty("maxUnits").GetInt32().ShouldBe(10);
        told.Json.GetProperty("after").GetProperty("item").GetProperty("maxUnits").GetInt32().ShouldBe(1);
        told.Json.GetProperty("by").GetProperty("subject").GetString().ShouldBe("ada");

        // What is before the next one is the row that a change made, under the tag that it was read with.
        var tag = (await _desk.GetAsync(ToolPath, _desk.Admin("ada"))).Tag;
        var next = (await EditAsync(ToolPath, "maxUnits", 2, "ada")).Text("change");
        (await _desk.GetAsync($"/v1/changes/{next}", _desk.Admin("ada"))).Json.GetProperty("before").GetProperty("etag").GetString().ShouldBe(tag);

        await Task.Delay(EverywhereWithin);
        for (var instance = 0; instance < 2; instance++)
        {
            (await _world.Call(_world.IdToken("mei"), instance).Units(2).SendAsync()).Status.ShouldBe(400);
        }
    }

    [Fact]
    public async Task Every_route_of_the_two_person_rule_waits_for_another_human()
    {
        foreach (var route in TwoPersonRule.Routes.Where(static route => ItemsEndpoint.Kinds.Any(kind => route.Split('/')[2] == kind.Path)))
        {
            var (method, path) = (route.Split(' ')[0], Concrete(route.Split(' ')[1]));
            var read = await _desk.GetAsync(path, _desk.Admin("ada"));
            var answer = method is "DELETE"
                ? await _desk.SendAsync(HttpMethod.Delete, await SpareAsync(path), _desk.Admin("ada"), null, ("If-Match", (await _desk.GetAsync(await SpareAsync(path), _desk.Admin("ada"))).Tag!))
                : await EditAsync(path, path.Contains("policies", StringComparison.Ordinal) ? "personQuotas" : "name", path.Contains("policies", StringComparison.Ordinal) ? Quotas() : "another name", "ada");
            answer.ShouldBe(202);
            (await _desk.PostAsync($"{answer.Location}/approve", _desk.Admin("ada"))).ShouldBe(403, "second_human_needed");
            (await _desk.GetAsync(path, _desk.Admin("ada"))).Tag.ShouldBe(read.Tag);
            (await _desk.PostAsync($"{answer.Location}/decline", _desk.Admin("ben"))).ShouldBe(200);
        }
    }

    [Fact]
    public async Task An_app_is_changed_by_one_and_not_by_who_read_it_too_early()
    {
        var early = await _desk.GetAsync("/v1/apps/studio", _desk.Admin("ada"));
        (await EditAsync("/v1/apps/studio", "name", "Studio 工作室", "ada")).ShouldBe(200);
        var late = JsonNode.Parse(early.Body)!;
        late["name"] = "of an older state";
        (await PutAsync("/v1/apps/studio", late, ("If-Match", early.Tag!))).ShouldBe(412, "precondition_failed");
        (await PutAsync("/v1/apps/studio", late, null)).ShouldBe(428, "precondition_missing");
        (await PutAsync("/v1/apps/studio", late, ("If-Match", "*"))).ShouldBe(400, "precondition_malformed");
        (await PutAsync("/v1/apps/studio", late, ("If-Match", $"W/{early.Tag}"))).ShouldBe(400, "precondition_malformed");
        (await PutAsync("/v1/apps/studio", late, ("If-None-Match", "*"))).ShouldBe(412, "precondition_failed");
        var read = await _desk.GetAsync("/v1/apps/studio", _desk.Admin("ada"));
        read.Text("name").ShouldBe("Studio 工作室");

        // What was read can be sent back as it is.
        (await PutAsync("/v1/apps/studio", JsonNode.Parse(read.Body)!, ("If-Match", read.Tag!))).Text("standing").ShouldBe("unchanged");
        (await new DeskCall(_world, 1).GetAsync("/v1/apps/studio", _desk.Admin("ada"))).Tag.ShouldBe(read.Tag);
    }

    [Theory]
    [InlineData("secretDigests", "[\"00\"]")]
    [InlineData("secrets", "[]")]
    [InlineData("change", "7")]
    [InlineData("version", "1")]
    [InlineData("roles", "[\"gating.admin\"]")]
    [InlineData("id", "\"another\"")]
    public async Task What_is_not_the_callers_to_write_is_refused(string member, string value)
    {
        var refused = await EditAsync("/v1/apps/studio", member, JsonNode.Parse(value)!, "ada");
        refused.ShouldBe(400, "registry_invalid");
        refused.Json.GetProperty("errors").GetArrayLength().ShouldBeGreaterThan(0);
        (await OperatorAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_is_told_once_and_one_can_be_exchanged_for_the_other()
    {
        var old = (await _desk.GetAsync("/v1/apps/studio/secrets", _desk.Admin("ada"))).Json.GetProperty("secrets")[0].GetString()!;
        var made = await SendAsync(HttpMethod.Post, "/v1/apps/studio/secrets", "/v1/apps/studio");
        made.ShouldBe(201);
        var secret = made.Text("secret");
        (await SendAsync(HttpMethod.Post, "/v1/apps/studio/secrets", "/v1/apps/studio")).ShouldBe(409, "secrets_full");

        await Task.Delay(EverywhereWithin);
        (await GrantStatusAsync(secret)).ShouldBe(200);
        (await GrantStatusAsync(TestRegistry.Secret)).ShouldBe(200);
        (await SendAsync(HttpMethod.Delete, $"/v1/apps/studio/secrets/{old}", "/v1/apps/studio")).ShouldBe(200);
        await Task.Delay(EverywhereWithin);
        (await GrantStatusAsync(secret)).ShouldBe(200);
        (await GrantStatusAsync(TestRegistry.Secret)).ShouldBe(401);

        // Neither the secret nor a digest of it is ever told again, whatever is asked.
        var digest = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        foreach (var path in new[] { "/v1/apps", "/v1/apps/studio", "/v1/apps/studio/secrets", "/v1/changes", $"/v1/changes/{made.Text("change")}" })
        {
            var body = (await _desk.GetAsync(path, _desk.Admin("ada"))).Body;
            body.ShouldNotContain(secret);
            body.ShouldNotContain(Convert.ToHexStringLower(digest));
        }

        string.Join('\n', _world.Logs.Lines).ShouldNotContain(secret);
    }

    [Fact]
    public async Task An_app_is_registered_with_a_secret_of_its_own_and_gone_again()
    {
        var app = TestRegistry.NewApp("fresh", "x", _world.IdentityIssuer);
        app.Remove("secretDigests");
        app["status"] = "stopped";
        app["audiences"] = new JsonObject { [_world.IdentityIssuer] = new JsonArray("fresh-web") };
        (await PutAsync("/v1/apps/fresh", app, ("If-None-Match", "*"))).ShouldBe(201);
        var secret = (await SendAsync(HttpMethod.Post, "/v1/apps/fresh/secrets", "/v1/apps/fresh")).Text("secret");
        (await EditAsync("/v1/apps/fresh", "status", "active", "ada")).ShouldBe(200);
        await Task.Delay(EverywhereWithin);
        var token = _world.IdToken("mei", change: static payload => payload.Text("aud", "fresh-web"));
        (await _world.Call(token).As(TokenCall.Basic("fresh", secret)).SendAsync()).Status.ShouldBe(200);

        (await SendAsync(HttpMethod.Delete, "/v1/apps/fresh", "/v1/apps/fresh")).ShouldBe(200);
        (await _desk.GetAsync("/v1/apps/fresh", _desk.Admin("ada"))).ShouldBe(404, "not_registered");
        await Task.Delay(EverywhereWithin);
        (await _world.Call(token).As(TokenCall.Basic("fresh", secret)).SendAsync()).Status.ShouldBe(401);
    }

    [Fact]
    public async Task What_others_lean_on_stays_and_so_does_the_issuer_that_makes_admins()
    {
        (await SendAsync(HttpMethod.Delete, ToolPath, ToolPath)).ShouldBe(400, "registry_invalid");
        var issuer = $"/v1/issuers/{Uri.EscapeDataString(_world.IdentityIssuer)}";
        (await EditAsync(issuer, "status", "stopped", "ada")).ShouldBe(409, "own_issuer");
    }

    [Fact]
    public async Task All_changes_are_entries_and_are_listed_the_youngest_first()
    {
        (await EditAsync("/v1/apps/studio", "name", "one", "ada")).ShouldBe(200);
        (await EditAsync("/v1/apps/studio", "name", "two", "ben")).ShouldBe(200);
        var changes = (await _desk.GetAsync("/v1/changes", _desk.Admin("cid"))).Json.GetProperty("changes");
        changes.EnumerateArray().Select(static change => change.GetProperty("after").GetProperty("item").GetProperty("name").GetString()).ShouldBe(["two", "one"]);
        (await _desk.GetAsync("/v1/changes?cursor=x", _desk.Admin("cid"))).ShouldBe(400, "question_malformed");
        (await _desk.GetAsync("/v1/changes/c999", _desk.Admin("cid"))).ShouldBe(404, "change_unknown");
        var entries = await OperatorAsync();
        entries.Select(static entry => entry.Kind).ShouldBe([EntryKind.ChangeProposed, EntryKind.ChangeApplied, EntryKind.ChangeProposed, EntryKind.ChangeApplied]);
        Encoding.UTF8.GetString(entries[0].Public.Span).ShouldNotContain("ada");
        await _world.ShouldBeSoundAsync(entries[0].Stream);
    }

    private string Concrete(string path) => path.Replace("{id}", path switch
    {
        "/v1/tools/{id}" => Uri.EscapeDataString(TestRegistry.Tool),
        "/v1/issuers/{id}" => Uri.EscapeDataString(_world.IdentityIssuer),
        "/v1/moderators/{id}" => "eyes",
        _ => "default",
    }, StringComparison.Ordinal);

    /// <summary>Of the same kind, and one that nobody leans on.</summary>
    private async Task<string> SpareAsync(string path)
    {
        var kind = path.Split('/')[2];
        var (member, name) = kind switch
        {
            "tools" => ("resource", "https://tools.example/spare"),
            "issuers" => ("id", "https://spare.example"),
            _ => ("id", "spare"),
        };
        var spare = $"/v1/{kind}/{Uri.EscapeDataString(name)}";
        if ((await _desk.GetAsync(spare, _desk.Admin("ada"))).Status is 404)
        {
            var json = JsonNode.Parse((await _desk.GetAsync(path, _desk.Admin("ada"))).Body)!;
            json[member] = name;
            json.AsObject().Remove("roles");
            var proposed = await PutAsync(spare, json, ("If-None-Match", "*"));
            (await _desk.PostAsync($"{proposed.Location}/approve", _desk.Admin("ben"))).ShouldBe(200);
        }

        return spare;
    }

    private static JsonArray Quotas() => [new JsonObject { ["name"] = "all", ["scope"] = "person", ["kind"] = "calendar", ["limit"] = 50, ["period"] = "day" }];

    private async Task<DeskAnswer> EditAsync(string path, string member, JsonNode value, string admin)
    {
        var read = await _desk.GetAsync(path, _desk.Admin(admin));
        var json = JsonNode.Parse(read.Body)!;
        json[member] = value;
        return await _desk.SendAsync(HttpMethod.Put, path, _desk.Admin(admin), Encoding.UTF8.GetBytes(json.ToJsonString()), ("If-Match", read.Tag!));
    }

    private Task<DeskAnswer> PutAsync(string path, JsonNode json, (string Name, string Value)? header) =>
        _desk.SendAsync(HttpMethod.Put, path, _desk.Admin("ada"), Encoding.UTF8.GetBytes(json.ToJsonString()), header);

    /// <param name="of">Whose ETag is sent.</param>
    private async Task<DeskAnswer> SendAsync(HttpMethod method, string path, string of) =>
        await _desk.SendAsync(method, path, _desk.Admin("ada"), null, ("If-Match", (await _desk.GetAsync(of, _desk.Admin("ada"))).Tag!));

    private async Task<JsonNode> ToolAsync() => JsonNode.Parse((await _desk.GetAsync(ToolPath, _desk.Admin("ada"))).Body)!;

    private async Task<int> GrantStatusAsync(string secret) => (await _world.Call(_world.IdToken("mei")).As(TokenCall.Basic(TestRegistry.App, secret)).SendAsync()).Status;

    private async Task<List<Entry>> OperatorAsync() => await _world.EntriesAsync(await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default));
}
