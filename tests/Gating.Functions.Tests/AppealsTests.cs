using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Somebody who was stopped is heard: through an app that they log in to, by an admin who did not stop them.</summary>
public sealed class AppealsTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry => DeskCall.Trust(registry));
        _desk = new(_world);
        _studio = new(_world.Http, _world.Addresses[1]);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Who_was_stopped_appeals_is_answered_and_let_in_again()
    {
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
        (await FileAsync("mei")).Text("reason").ShouldBe("nothing_to_appeal");
        var revoked = await RevokeAsync("mei");
        var filed = await FileAsync("mei");
        (filed.Status, filed.Text("state"), filed.Json.GetProperty("overdue").GetBoolean()).ShouldBe((201, "open", false));
        filed.Headers["Location"].ShouldBe($"/v1/appeals/{filed.Text("appeal")}");
        var again = await FileAsync("mei", "something else");
        (again.Status, again.Text("appeal"), again.Text("text")).ShouldBe((200, filed.Text("appeal"), "It was not me"));

        var listed = (await _desk.GetAsync("/v1/appeal-cases", _desk.Admin("cid"))).Json.GetProperty("appeal_cases");
        listed.GetArrayLength().ShouldBe(1);
        var path = $"/v1/appeal-cases/{listed[0].GetProperty("appeal_case").GetString()}";
        var person = listed[0].GetProperty("person").GetString();
        (await _desk.GetAsync(path, _desk.Admin("cid"))).Text("text").ShouldBe("It was not me");
        (await DecideAsync(path, "rejected", "ada")).ShouldBe(403, "second_human_needed");
        (await DecideAsync(path, "upheld", "ben")).ShouldBe(409, "still_stopped");
        (await _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{revoked.Text("revocation")}", _desk.Admin("ben"), """{"text":"a mistake"}"""u8.ToArray())).ShouldBe(200);
        (await DecideAsync(path, "upheld", "ben")).Text("state").ShouldBe("upheld");
        (await DecideAsync(path, "rejected", "ben")).ShouldBe(409, "appeal_decided");

        var told = await _studio.GetAsync($"/v1/appeals/{filed.Text("appeal")}");
        (told.Text("state"), told.Text("answer")).ShouldBe(("upheld", "We looked again"));
        (await _studio.GetAsync($"/v1/appeals/{filed.Text("appeal")}", TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret))).Status.ShouldBe(404);
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
        var appeals = (await _desk.GetAsync($"/v1/people/{person}", _desk.Admin("cid"))).Json.GetProperty("appeals");
        (appeals.GetArrayLength(), appeals[0].GetProperty("state").GetString(), appeals[0].GetProperty("app").GetString()).ShouldBe((1, "upheld", TestRegistry.App));
        await ShouldBeSealedAsync("mei");
    }

    [Fact]
    public async Task What_is_no_appeal_or_of_nobody_is_told()
    {
        (await FileAsync("never seen")).Text("reason").ShouldBe("nothing_to_appeal");
        (await _studio.PostAsync("/v1/appeals", """{"subject_token":"x","text":"t"}""")).Text("reason").ShouldBe("token_malformed");
        foreach (var (body, at) in new[] { ("""{"text":"t"}""", "/subject_token"), ("""{"subject_token":"x","text":" "}""", "/text"), ("""{"subject_token":"x","text":"t","person":"p"}""", "/person") })
        {
            var refused = await _studio.PostAsync("/v1/appeals", body);
            refused.Text("reason").ShouldBe("appeal_malformed");
            refused.Json.GetProperty("errors")[0].GetProperty("at").GetString().ShouldBe(at);
        }

        (await _studio.GetAsync($"/v1/appeals/{new string('A', 71)}")).Text("reason").ShouldBe("appeal_unknown");
        (await _desk.GetAsync("/v1/appeal-cases/a999", _desk.Admin("ada"))).ShouldBe(404, "appeal_unknown");
        (await DecideAsync("/v1/appeal-cases/a999", "upheld", "ada")).ShouldBe(404, "appeal_unknown");
        (await DecideAsync("/v1/appeal-cases/a999", "perhaps", "ada")).ShouldBe(400, "decision_malformed");
    }

    private Task<StudioCall.Answer> FileAsync(string subject, string text = "It was not me") => _studio.PostAsync("/v1/appeals", $$"""{"subject_token":"{{_world.IdToken(subject)}}","text":"{{text}}"}""");

    private Task<DeskAnswer> DecideAsync(string path, string outcome, string admin) => _desk.PostAsync($"{path}/decide", _desk.Admin(admin), $$"""{"outcome":"{{outcome}}","text":"We looked again"}""");

    private Task<DeskAnswer> RevokeAsync(string subject) => _desk.SendAsync(
        HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"),
        Encoding.UTF8.GetBytes($$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}},"reason":"abuse","text":"x"}"""), ("Idempotency-Key", "k"));

    /// <summary>What they wrote, and of whom the case is, stands where it is sealed.</summary>
    private async Task ShouldBeSealedAsync(string subject)
    {
        var person = await _world.StreamOfAsync(subject);
        var operators = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
        foreach (var entry in (await _world.EntriesAsync(person)).Concat(await _world.EntriesAsync(operators)))
        {
            var open = Encoding.UTF8.GetString(entry.Public.Span);
            open.ShouldNotContain("It was not me");
            open.ShouldNotContain("We looked again");
            open.ShouldNotContain(person.ToString());
        }

        await _world.ShouldBeSoundAsync(person);
        await _world.ShouldBeSoundAsync(operators);
        _world.Logs.Lines.ShouldAllBe(static line => !line.Contains("It was not me", StringComparison.Ordinal));
    }
}
