using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>A tool that edits a likeness opens with the consent of the person depicted, and for as long as it holds, over the real surface and on two instances.</summary>
public sealed class ConsentsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rounds = 200;

    private static readonly AuthenticationHeaderValue Studio = TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);
    private static readonly AuthenticationHeaderValue Other = TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret);

    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry =>
        {
            DeskCall.Trust(registry);
            var tool = registry["tools"]![0]!;
            (tool["demandsConsent"], tool["labelling"]) = (true, TestRegistry.NewLabelling());
            tool["quotas"] = new JsonArray(new JsonObject { ["name"] = "daily", ["scope"] = "app_person_tool", ["limit"] = 100_000, ["kind"] = "calendar", ["period"] = "day" });
        });
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task From_the_consent_to_the_file_and_back_to_whom_it_concerns()
    {
        (await AskAsync("mei")).ShouldBeRefused(400, "consent_missing");
        var given = await GiveAsync("lin");
        (given.Status, given.Text("state"), given.Text("requester")).ShouldBe((201, "given", "anyone"));
        var id = given.Text("consent");

        var granted = await AskAsync("mei", id);
        granted.Status.ShouldBe(200, granted.ToString());
        TokenAnswer.Claims(granted.Grant).GetProperty("authorization_details")[0].GetProperty("consent_ids")[0].GetString().ShouldBe(id);
        var begun = await _studio.BeginAsync(granted.Grant);
        var put = await _studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(3));
        var open = (await AskAsync("mei", id)).Grant;
        await _world.LogAsync();

        (await OutputsAsync(id)).ShouldBe([put.Text("content_id")]);
        var withdrawn = await WithdrawAsync("lin", id);
        (withdrawn.Status, withdrawn.Text("state")).ShouldBe((200, "withdrawn"));

        // From that answer on, on every instance.
        (await AskAsync("mei", id, instance: 1)).ShouldBeRefused(400, "consent_withdrawn");
        (await new StudioCall(_world.Http, _world.Addresses[1]).BeginAsync(open)).Text("reason").ShouldBe("consent_withdrawn");
        Encoding.UTF8.GetString((await new GrantCall(_world, 1).IntrospectAsync(open)).Bytes).ShouldBe("""{"active":false}""");

        // What was made stands, and it is known what it was.
        (await _studio.GetAsync($"/v1/outputs/{put.Text("content_id")}")).Status.ShouldBe(200);
        (await OutputsAsync(id)).ShouldBe([put.Text("content_id")]);
        (await WithdrawAsync("lin", id)).Status.ShouldBe(200);
        (await _world.EntriesAsync(await _world.StreamOfAsync("lin"))).Select(static entry => entry.Kind).ShouldBe([EntryKind.Consented, EntryKind.ConsentWithdrawn]);
    }

    [Fact]
    public async Task Both_sides_prove_with_somebody_elses_verifier_what_was_agreed_and_that_it_no_longer_is()
    {
        var id = (await GiveAsync("lin", "\"apps\":[\"other\"],")).Text("consent");
        await WithdrawAsync("lin", id);
        await _world.LogAsync();
        var receipts = new List<byte[]>();
        foreach (var (app, path) in new[] { (Studio, id), (Other, id), (Studio, $"{id}/withdrawal"), (Other, $"{id}/withdrawal") })
        {
            var answer = await _studio.GetAsync($"/v1/receipts/{path}", app);
            answer.Status.ShouldBe(200, answer.ToString());
            receipts.Add(answer.Bytes);
        }

        var entries = (await _world.EntriesAsync(await _world.StreamOfAsync("lin"))).ConvertAll(static entry => entry.Hash.ToString());
        var verified = await OtherVerifier.VerifyAsync(_world.Services.GetRequiredService<LogKeys>().Verifiers[0], receipts);
        verified.Select(static receipt => receipt?.Entry).ShouldBe([entries[0], entries[0], entries[1], entries[1]]);
    }

    [Fact]
    public async Task It_is_for_whom_and_what_it_names_and_tells_nobody_else_that_it_is_there()
    {
        await GiveAsync("mei");
        var sub = TokenAnswer.Claims((await AskAsync("mei", (await GiveAsync("lin")).Text("consent"))).Grant).GetProperty("sub").GetString()!;
        var forMei = (await GiveAsync("lin", $"\"requester\":\"{sub}\",\"apps\":[\"studio\"],\"tools\":[\"{TestRegistry.Tool}\"],")).Text("consent");
        (await AskAsync("mei", forMei)).Status.ShouldBe(200);
        (await AskAsync("bo", forMei)).ShouldBeRefused(400, "consent_out_of_scope");
        (await AskAsync("mei", (await GiveAsync("lin", "\"apps\":[\"other\"],")).Text("consent"))).ShouldBeRefused(400, "consent_out_of_scope");
        (await AskAsync("mei", (await GiveAsync("lin", "\"tools\":[\"https://tools.example/voice\"],")).Text("consent"))).ShouldBeRefused(400, "consent_out_of_scope");
        (await AskAsync("mei", (await GiveAsync("lin", level: "none")).Text("consent"))).ShouldBeRefused(400, "consent_too_weak");
        (await AskAsync("mei", new string('A', 71))).ShouldBeRefused(400, "consent_unknown");

        // To another app it is as if there were none.
        var (hidden, madeUp) = (await _studio.GetAsync($"/v1/consents/{forMei}", Other), await _studio.GetAsync($"/v1/consents/{new string('A', 71)}", Other));
        (hidden.Status, hidden.Text("reason")).ShouldBe((404, "consent_unknown"));
        (madeUp.Status, madeUp.Text("reason")).ShouldBe((hidden.Status, hidden.Text("reason")));
        (await _studio.GetAsync($"/v1/receipts/{forMei}", Other)).Status.ShouldBe(404);
        (await _studio.GetAsync($"/v1/consents/{forMei}/outputs", Other)).Status.ShouldBe(404);

        // Only who gave it takes it back.
        (await WithdrawAsync("mei", forMei)).Status.ShouldBe(404);
        (await AskAsync("mei", forMei)).Status.ShouldBe(200);

        // Nobody is told whose it is, nor reads it in the public part of an entry.
        var lin = await _world.StreamOfAsync("lin");
        foreach (var entry in (await _world.EntriesAsync(lin)).Concat(await _world.EntriesAsync(await _world.StreamOfAsync("mei"))))
        {
            Encoding.UTF8.GetString(entry.Public.Span).ShouldNotContain("lin's film");
            Encoding.UTF8.GetString(entry.Public.Span).ShouldNotContain(lin.ToString());
        }
    }

    [Fact]
    public async Task What_is_wrong_with_one_is_told_all_at_once_and_no_token_comes_back()
    {
        (string Body, int Status, string Reason)[] cases =
        [
            ("{}", 400, "consent_malformed"), ("[]", 400, "consent_malformed"), ("""{"subject_token":7,"purpose":"x","expires":"2030"}""", 400, "consent_malformed"),
            (Body(_world.IdToken("lin"), expires: DateTimeOffset.UtcNow.AddMinutes(-1)), 400, "consent_malformed"), (Body(_world.IdToken("lin"), expires: DateTimeOffset.UtcNow.AddDays(1097)), 400, "consent_malformed"),
            (Body(_world.IdToken("lin"), "\"requester\":\"somebody\","), 400, "consent_malformed"), (Body(_world.IdToken("lin"), "\"tools\":[],"), 400, "consent_malformed"), (Body("not.a.token"), 400, "token_malformed"),
            (Body(_world.IdToken("lin", change: static payload => payload.Text("aud", TestRegistry.OtherClientId))), 400, "token_audience_wrong"),
        ];
        foreach (var (body, status, reason) in cases)
        {
            var answer = await _studio.PostAsync("/v1/consents", body, Studio);
            (answer.Status, answer.Text("reason")).ShouldBe((status, reason), body);
            Encoding.UTF8.GetString(answer.Bytes).ShouldNotContain("eyJ");
        }

        var all = (await _studio.PostAsync("/v1/consents", """{"tools":[7],"apps":"x","other":1}""", Studio)).Json.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("at").GetString());
        all.ShouldBe(["/other", "/subject_token", "/tools/0", "/apps", "/purpose", "/expires"], ignoreOrder: true);
        (await _studio.PostAsync("/v1/consents", "{}", TokenCall.Basic(TestRegistry.App, "wrong"))).Status.ShouldBe(401);
        (await _studio.PostAsync("/v1/consents", new string(' ', 40_000), Studio)).Status.ShouldBe(413);
    }

    [Fact]
    public async Task Who_is_stopped_gives_none_and_what_they_gave_is_void_and_they_may_still_withdraw()
    {
        var id = (await GiveAsync("lin")).Text("consent");
        var desk = new DeskCall(_world);
        var order = $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"lin"}},"reason":"abuse","text":"x"}""";
        (await desk.SendAsync(HttpMethod.Post, "/v1/revocations", desk.Admin("ada"), Encoding.UTF8.GetBytes(order), ("Idempotency-Key", "k"))).ShouldBe(201);
        (await AskAsync("mei", id)).ShouldBeRefused(400, "consent_void");
        (await _studio.GetAsync($"/v1/consents/{id}", Studio)).Text("state").ShouldBe("void");
        (await GiveAsync("lin")).Text("reason").ShouldBe("person_revoked");
        (await WithdrawAsync("lin", id)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task After_the_answer_to_a_withdrawal_no_instance_gives_a_grant_under_it()
    {
        var (granted, refused) = (0, 0);
        var took = 20.0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Rounds), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (round, cancellation) =>
        {
            var id = (await GiveAsync($"d{round}")).Text("consent");
            await AskAsync($"p{round}", id);
            async Task<TokenAnswer> UseAsync()
            {
                await Task.Delay((int)(took * (round % 5) / 4), cancellation);
                return await AskAsync($"p{round}", id, instance: round % 2);
            }

            var (watch, use) = (System.Diagnostics.Stopwatch.StartNew(), UseAsync());
            (await WithdrawAsync($"d{round}", id)).Status.ShouldBe(200);
            took = Math.Min(watch.Elapsed.TotalMilliseconds, 500);
            var answered = DateTimeOffset.UtcNow;
            (await AskAsync($"p{round}", id, instance: round % 2)).ShouldBeRefused(400, "consent_withdrawn");
            var used = await use;

            // One that came through was committed before the withdrawal was answered; it can be used no more.
            if (used.Status is 200)
            {
                Interlocked.Increment(ref granted);
                var grants = (await _world.EntriesAsync(await _world.StreamOfAsync($"p{round}"))).FindAll(static entry => entry.Kind is EntryKind.Granted);
                grants[^1].Time.ShouldBeLessThanOrEqualTo(answered);
                (await _studio.BeginAsync(used.Grant)).Text("reason").ShouldBe("consent_withdrawn");
            }
            else
            {
                used.ShouldBeRefused(400, "consent_withdrawn");
                Interlocked.Increment(ref refused);
            }
        });
        output.WriteLine($"{Rounds} rounds on two instances: {granted} granted before, {refused} refused");
        granted.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
    }

    private static string Body(string token, string more = "", DateTimeOffset? expires = null) =>
        $$"""{"subject_token":"{{token}}",{{more}}"purpose":"lin's film","expires":"{{(expires ?? DateTimeOffset.UtcNow.AddDays(30)).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""";

    private Task<StudioCall.Answer> GiveAsync(string subject, string more = "", string level = "high") => _studio.PostAsync("/v1/consents", Body(_world.IdToken(subject, level), more), Studio);

    private Task<StudioCall.Answer> WithdrawAsync(string subject, string id) => _studio.PostAsync($"/v1/consents/{id}/withdraw", $$"""{"subject_token":"{{_world.IdToken(subject)}}"}""", Studio);

    private Task<TokenAnswer> AskAsync(string subject, string? consent = null, int instance = 0) => _world.Call(_world.IdToken(subject), instance)
        .With("authorization_details", $$"""[{"type":"synthetic_media","operation":"face_swap"{{(consent is null ? "" : $",\"consent_ids\":[\"{consent}\"]")}}}]""").SendAsync();

    private async Task<string[]> OutputsAsync(string id)
    {
        var answer = await _studio.GetAsync($"/v1/consents/{id}/outputs", Studio);
        answer.Status.ShouldBe(200, answer.ToString());
        return [.. answer.Json.GetProperty("outputs").EnumerateArray().Select(static output => output.GetProperty("content_id").GetString()!)];
    }
}
