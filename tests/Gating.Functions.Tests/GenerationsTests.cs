using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>A grant becomes a generation, once.</summary>
public sealed class GenerationsTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync();
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task It_begins_once_and_the_same_request_again_tells_the_same()
    {
        var grant = await GrantAsync("once");
        var first = await _studio.BeginAsync(grant, """{"model":"swap-xl","model_version":"3","category":"face","outputs":3,"moderation":{"verdict":"allowed","rules":"2026-10"}}""");
        first.Status.ShouldBe(201, first.ToString());
        first.Json.GetProperty("outputs").GetArrayLength().ShouldBe(3);
        first.Headers["Location"].ShouldBe("/v1/generations/" + first.Text("id"));

        var again = await _studio.BeginAsync(grant, """{"outputs":3,"category":"face","model_version":"3","model":"swap-xl","moderation":{"rules":"2026-10","verdict":"allowed"}}""");
        again.Status.ShouldBe(200, again.ToString());
        again.Bytes.ShouldBe(first.Bytes);
        again.Headers["Idempotency-Replayed"].ShouldBe("true");

        var other = await _studio.BeginAsync(grant);
        other.Status.ShouldBe(409);
        other.Text("reason").ShouldBe("grant_spent");

        var stream = await _world.StreamOfAsync("once");
        (await _world.EntriesAsync(stream)).Select(entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed]);
        await _world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task Of_fifty_racers_one_begins_it_and_all_of_the_same_request_hear_which()
    {
        var grant = await GrantAsync("racers");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _studio.BeginAsync(grant)));
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 201 || answer.Status == 200);
        answers.Select(answer => answer.Text("id")).Distinct().ShouldHaveSingleItem();
        (await _world.EntriesAsync(await _world.StreamOfAsync("racers"))).Count(entry => entry.Kind is EntryKind.Redeemed).ShouldBe(1);
    }

    [Fact]
    public async Task Units_that_are_not_used_come_back()
    {
        await using var world = await GateWorld.StartAsync(registry: registry => registry["tools"]![0]!["quotas"]![0]!["limit"] = 10);
        var answer = await world.Call(world.IdToken("thrifty")).Units(8).SendAsync();
        answer.Status.ShouldBe(200);
        (await world.Call(world.IdToken("thrifty")).Units(5).SendAsync()).Status.ShouldBe(429);
        var begun = await new StudioCall(world.Http, world.Addresses[0]).BeginAsync(answer.Grant, """{"model":"m","model_version":"1","category":"face","units":2}""");
        begun.Status.ShouldBe(201, begun.ToString());
        begun.Json.GetProperty("units").GetInt32().ShouldBe(2);
        (await world.Call(world.IdToken("thrifty")).Units(8).SendAsync()).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"model":"m","model_version":"1","category":"face","units":2}""", 422, "too_many_units")]
    [InlineData("""{"model":"m","model_version":"1","category":"cat"}""", 400, "generation_malformed")]
    [InlineData("""{"model":"m","model_version":"1"}""", 400, "generation_malformed")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","category":"face"}""", 400, "generation_malformed")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","extra":1}""", 400, "generation_malformed")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","outputs":33}""", 400, "generation_malformed")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","prompt_digest":"short"}""", 400, "generation_malformed")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","moderation":{"verdict":"refused","rules":"1"}}""", 400, "generation_malformed")]
    [InlineData("[]", 400, "generation_malformed")]
    public async Task What_is_wrong_is_said_and_the_grant_stays_good(string body, int status, string reason)
    {
        var grant = await GrantAsync("wrong");
        var refused = await _studio.BeginAsync(grant, body);
        refused.Status.ShouldBe(status, refused.ToString());
        refused.Text("reason").ShouldBe(reason);
        (await _studio.BeginAsync(grant)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task What_is_no_grant_of_ours_opens_nothing()
    {
        var grant = await GrantAsync("forger");
        foreach (var token in (string[])["x", grant[..^4] + "AAAA", _world.IdToken("forger")])
        {
            var refused = await _studio.BeginAsync(token);
            refused.Status.ShouldBe(401);
            refused.Text("reason").ShouldBe("grant_invalid");
            refused.Headers["WWW-Authenticate"].ShouldContain("invalid_token");
        }

        var missing = await _studio.BeginAsync(grant, scheme: "Basic");
        missing.Text("reason").ShouldBe("grant_missing");
        missing.Headers["WWW-Authenticate"].ShouldBe("Bearer realm=\"gating\",DPoP realm=\"gating\", algs=\"ES256\"");
        var wrong = await _studio.BeginAsync(grant, scheme: "DPoP");
        wrong.Text("reason").ShouldBe("grant_scheme_wrong");
        wrong.Headers["WWW-Authenticate"].ShouldBe("Bearer realm=\"gating\", error=\"invalid_token\"");
    }

    [Fact]
    public async Task What_a_bound_grant_lacks_is_told_in_its_own_scheme()
    {
        var key = TestKey.Ec("dpop");
        var proof = key.Token(
            $$$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{{key.Jwk()}}}}""",
            $$"""{"htm":"POST","htu":"{{GateWorld.Issuer}}/oauth2/token","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"jti":"{{Guid.NewGuid()}}"}""");
        var bound = await _world.Call(_world.IdToken("bound")).Header("DPoP", proof).GrantAsync();
        foreach (var (scheme, reason, error) in new[] { ("DPoP", "proof_invalid", "invalid_dpop_proof"), ("Bearer", "grant_scheme_wrong", "invalid_token") })
        {
            var refused = await _studio.BeginAsync(bound, scheme: scheme);
            refused.Text("reason").ShouldBe(reason);
            refused.Headers["WWW-Authenticate"].ShouldBe($"DPoP realm=\"gating\", algs=\"ES256\", error=\"{error}\"");
        }
    }

    [Fact]
    public async Task A_stopped_tool_begins_nothing_more()
    {
        var grant = await GrantAsync("stopped");
        await _world.ChangeRegistryAsync(static registry => registry["tools"]![0]!["status"] = "stopped");
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        var refused = await _studio.BeginAsync(grant);
        refused.Status.ShouldBe(403);
        refused.Text("reason").ShouldBe("tool_stopped");
    }

    private async Task<string> GrantAsync(string person) => (await _world.Call(_world.IdToken(person)).GrantAsync());
}
