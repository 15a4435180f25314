using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>An admin stops a person: on every instance from the answer on, recorded on both sides, and undone as it was done. Two instances over the real storage.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]!.AsArray()[0]!["labelling"] = TestRegistry.NewLabelling();
        });
        _desk = new(_world);
        _studio = new(_world.Http, _world.Addresses[1]);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Who_is_revoked_gets_redeems_and_repeats_nothing_on_any_instance_until_it_is_lifted()
    {
        var (first, second) = (_world.IdToken("mei"), _world.IdToken("mei"));
        var open = await _world.Call(first).Key("k0").SendAsync();
        (await _world.Call(second, instance: 1).Key("k1").SendAsync()).Status.ShouldBe(200);

        var revoked = await RevokeAsync(Account("mei"));
        revoked.ShouldBe(201);
        revoked.Text("standing").ShouldBe("standing");
        revoked.Json.GetProperty("by").GetProperty("subject").GetString().ShouldBe("ada");
        for (var instance = 0; instance < 2; instance++)
        {
            (await _world.Call(first, instance).SendAsync()).ShouldBeRefused(400, "person_revoked");
            (await _world.Call(first, instance).Key("k0").SendAsync()).ShouldBeRefused(400, "person_revoked");
            (await new StudioCall(_world.Http, _world.Addresses[instance]).BeginAsync(open.Grant)).Text("reason").ShouldBe("person_revoked");
        }

        var path = $"/v1/revocations/{revoked.Text("revocation")}";
        (await LiftAsync(path, "{}")).ShouldBe(400, "lifting_malformed");
        (await LiftAsync(path)).Text("standing").ShouldBe("lifted");
        (await LiftAsync(path)).ShouldBe(200);
        (await _world.Call(second, instance: 1).SendAsync()).Status.ShouldBe(200);
        (await _studio.BeginAsync(open.Grant)).Status.ShouldBe(201);
        await ShouldBeRecordedAsync("mei");
    }

    private async Task ShouldBeRecordedAsync(string subject)
    {
        var person = await _world.StreamOfAsync(subject);
        var entries = await _world.EntriesAsync(person);
        var stops = entries.Where(static entry => entry.Kind is EntryKind.StatusChanged).ToList();
        stops.Count.ShouldBe(2);
        var operators = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
        var acts = await _world.EntriesAsync(operators);
        acts.Select(static entry => entry.Kind).ShouldBe([EntryKind.Revoked, EntryKind.RevocationLifted]);
        foreach (var entry in stops.Concat(acts))
        {
            // Who and why stands where it is sealed, and nowhere else.
            var open = Encoding.UTF8.GetString(entry.Public.Span);
            open.ShouldNotContain("ada");
            open.ShouldNotContain("Case 7");
            var told = (await _world.Services.GetRequiredService<SealedReader>().OpenAsync(entry, default))!;
            Encoding.UTF8.GetString(told).ShouldContain(entry.Kind is EntryKind.RevocationLifted || entry == stops[1] ? "A mistake" : "Case 7");
            Encoding.UTF8.GetString(told).ShouldContain("\"sub\":\"ada\"");
        }

        (await _world.Ledger.ReadHeadAsync(person, default))!.Head.State.Epoch.ShouldBe(2);
        await _world.ShouldBeSoundAsync(person);
        await _world.ShouldBeSoundAsync(operators);
        _world.Logs.Lines.ShouldAllBe(line => !line.Contains(subject, StringComparison.Ordinal) && !line.Contains("Case 7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_is_named_by_account_grant_output_or_handle()
    {
        var granted = await _world.Call(_world.IdToken("lin")).SendAsync();
        var begun = await _studio.BeginAsync(granted.Grant);
        var put = await _studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(7));
        var person = await _world.StreamOfAsync("lin");
        var regulators = _world.Services.GetRequiredService<Access.DeskHandles>().OfPerson(new(_world.IdentityIssuer, "rita", null), person);
        var handle = (await RevokeAsync(Account("lin"))).Json.GetProperty("subject").GetProperty("person").GetString();
        foreach (var subject in new[]
        {
            $$"""{"holder_of":"{{granted.GrantId}}"}""", $$"""{"content_id":"{{put.Text("content_id")}}"}""", $$"""{"person":"{{handle}}"}""",
            $$$"""{"person":"{{{regulators}}}","regulator":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"rita"}}""",
        })
        {
            var again = await RevokeAsync(subject);
            again.ShouldBe(201);
            again.Json.GetProperty("subject").GetProperty("person").GetString().ShouldBe(handle);
        }

        // Five stops of five orders: the first that is lifted lets nobody in.
        var listed = (await _desk.GetAsync("/v1/revocations", _desk.Admin("cid"))).Json.GetProperty("revocations").EnumerateArray().Select(static one => one.GetProperty("revocation").GetString()!).ToList();
        listed.Count.ShouldBe(5);
        listed.ShouldBe(listed.OrderByDescending(static id => int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var id in listed)
        {
            (await _world.Call(_world.IdToken("lin")).SendAsync()).ShouldBeRefused(400, "person_revoked");
            (await LiftAsync($"/v1/revocations/{id}")).ShouldBe(200);
        }

        (await _world.Call(_world.IdToken("lin")).SendAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task One_grant_is_taken_and_the_person_asks_for_another()
    {
        var (taken, kept, used) = (await _world.Call(_world.IdToken("lu")).SendAsync(), await _world.Call(_world.IdToken("lu")).SendAsync(), await _world.Call(_world.IdToken("lu")).SendAsync());
        (await _studio.BeginAsync(used.Grant)).Status.ShouldBe(201);
        var grants = new GrantCall(_world, instance: 1);
        foreach (var one in new[] { taken, used })
        {
            var revoked = await RevokeAsync($$"""{"grant":"{{one.GrantId}}"}""");
            revoked.ShouldBe(201);
            revoked.Text("standing").ShouldBe("standing");
            revoked.Json.GetProperty("subject").GetProperty("grant").GetString().ShouldBe(one.GrantId);
            (await grants.IntrospectAsync(one.Grant)).Json.GetProperty("active").GetBoolean().ShouldBeFalse();
            (await _studio.BeginAsync(one.Grant)).Text("reason").ShouldBe("grant_spent");
            (await LiftAsync($"/v1/revocations/{revoked.Text("revocation")}")).ShouldBe(409, "grant_final");
            (await _desk.GetAsync($"/v1/revocations/{revoked.Text("revocation")}", _desk.Admin("cid"))).Text("standing").ShouldBe("standing");
        }

        (await _studio.BeginAsync(kept.Grant)).Status.ShouldBe(201);
        (await _world.Call(_world.IdToken("lu")).SendAsync()).Status.ShouldBe(200);
        (await RevokeAsync("""{"grant":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")).ShouldBe(404, "grant_unknown");

        // Its units came back where it had not been used; who took it and why is sealed.
        var person = await _world.StreamOfAsync("lu");
        (await _world.Ledger.ReadHeadAsync(person, default))!.Head.State.Windows.Single().Used.ShouldBe(3);
        var released = (await _world.EntriesAsync(person)).Where(static entry => entry.Kind is EntryKind.Released).ToList();
        released.Count.ShouldBe(2);
        foreach (var entry in released)
        {
            Encoding.UTF8.GetString(entry.Public.Span).ShouldNotContain("ada");
            Encoding.UTF8.GetString((await _world.Services.GetRequiredService<SealedReader>().OpenAsync(entry, default))!).ShouldContain("\"sub\":\"ada\"");
        }

        await _world.ShouldBeSoundAsync(person);
    }

    [Theory]
    [InlineData("""{"account":{"issuer":"https://nowhere.test","subject":"x"}}""")]
    [InlineData("""{"content_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}""")]
    [InlineData("""{"holder_of":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"person":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    public async Task Who_was_never_seen_is_unknown_and_stays_so(string subject)
    {
        (await RevokeAsync(subject)).ShouldBe(404, "person_unknown");
        (await _desk.GetAsync("/v1/revocations", _desk.Admin("ada"))).Json.GetProperty("revocations").GetArrayLength().ShouldBe(0);
        (await _desk.GetAsync("/v1/revocations/r1", _desk.Admin("ada"))).ShouldBe(404, "revocation_unknown");
        (await LiftAsync("/v1/revocations/r1")).ShouldBe(404, "revocation_unknown");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":"t","subject":{"grant":"x"}}""", "")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":"t","status":"revoked"}""", "/status")]
    [InlineData("""{"subject":{"grant":"x","admin":true},"reason":"abuse","text":"t"}""", "/subject/admin")]
    [InlineData("""{"subject":{"grant":"x","person":"y"},"reason":"abuse","text":"t"}""", "/subject")]
    [InlineData("""{"subject":{},"reason":"abuse","text":"t"}""", "/subject")]
    [InlineData("""{"subject":"x","reason":"abuse","text":"t"}""", "/subject")]
    [InlineData("""{"subject":{"grant":"x","regulator":{"issuer":"i","subject":"s"}},"reason":"abuse","text":"t"}""", "/subject/regulator")]
    [InlineData("""{"subject":{"grant":7},"reason":"abuse","text":"t"}""", "/subject/grant")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":"t","suspend_until":"2099-01-01T00:00:00Z"}""", "/suspend_until")]
    [InlineData("""{"subject":{"content_id":"x"},"reason":"abuse","text":"t"}""", "/subject/content_id")]
    [InlineData("""{"subject":{"account":{"issuer":"i"}},"reason":"abuse","text":"t"}""", "/subject/account/subject")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"whim","text":"t"}""", "/reason")]
    [InlineData("""{"subject":{"grant":"x"},"text":"t"}""", "/reason")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":" "}""", "/text")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse"}""", "/text")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":"t","suspend_until":"tomorrow"}""", "/suspend_until")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":"t","suspend_until":null}""", "/suspend_until")]
    [InlineData("""{"subject":{"grant":"x"},"reason":"abuse","text":"t","effective_from":"2099-01-01T00:00:00Z"}""", "/effective_from")]
    [InlineData("""{"subject":{"app":"x"},"reason":"abuse","text":"t","effective_from":"2099-01-01T00:00:00"}""", "/effective_from")]
    [InlineData("""{"subject":{"holder_of":"x"},"reason":"abuse","text":"t","effective_from":"2099-01-01T00:00:00Z","suspend_until":"2099-01-01T00:00:00Z"}""", "/suspend_until")]
    public async Task What_is_no_order_is_told_with_its_place(string body, string place)
    {
        var refused = await PostAsync(body);
        refused.ShouldBe(400, "revocation_malformed");
        refused.Json.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("at").GetString()).ShouldContain(place);
    }

    [Fact]
    public async Task The_same_order_is_carried_out_once_and_its_key_serves_no_other()
    {
        (await _world.Call(_world.IdToken("wei")).SendAsync()).Status.ShouldBe(200);
        (await PostAsync(Order(Account("wei")), key: null)).ShouldBe(400, "idempotency_key_missing");
        var first = await PostAsync(Order(Account("wei")), "k");
        first.ShouldBe(201);
        var again = await PostAsync(Order(Account("wei")), "\"k\"");
        again.ShouldBe(200);
        again.Body.ShouldBe(first.Body);
        (await PostAsync(Order(Account("wei"), text: "Another"), "k")).ShouldBe(422, "idempotency_mismatch");

        // Of somebody else it is another order.
        var others = await PostAsync(Order(Account("wei")), "k", _desk.Admin("ben"));
        others.ShouldBe(201);
        (await LiftAsync($"/v1/revocations/{others.Text("revocation")}")).ShouldBe(200);
        (await LiftAsync($"/v1/revocations/{first.Text("revocation")}")).ShouldBe(200);

        // One that comes late does not stop anybody again.
        (await PostAsync(Order(Account("wei")), "k")).Text("standing").ShouldBe("lifted");
        (await _world.Call(_world.IdToken("wei")).SendAsync()).Status.ShouldBe(200);
        (await _world.EntriesAsync(await _world.StreamOfAsync("wei"))).Count(static entry => entry.Kind is EntryKind.StatusChanged).ShouldBe(4);
    }

    [Fact]
    public async Task Of_twelve_at_once_under_one_key_one_is_recorded()
    {
        (await _world.Call(_world.IdToken("fei")).SendAsync()).Status.ShouldBe(200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => new DeskCall(_world, i % 2).SendAsync(
            HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"), Encoding.UTF8.GetBytes(Order(Account("fei"))), ("Idempotency-Key", "one"))));
        answers.ShouldAllBe(static answer => answer.Status == 200 || answer.Status == 201 || answer.Status == 503);
        answers.Where(static answer => answer.Status is not 503).Select(static answer => answer.Text("revocation")).Distinct().ShouldHaveSingleItem();
        (await _desk.GetAsync("/v1/revocations", _desk.Admin("ada"))).Json.GetProperty("revocations").GetArrayLength().ShouldBe(1);
        (await _world.EntriesAsync(await _world.StreamOfAsync("fei"))).Count(static entry => entry.Kind is EntryKind.StatusChanged).ShouldBe(1);
    }

    [Fact]
    public async Task A_suspension_ends_by_itself()
    {
        (await _world.Call(_world.IdToken("yan")).SendAsync()).Status.ShouldBe(200);
        var until = DateTimeOffset.UtcNow.AddSeconds(4);
        var suspended = await PostAsync(Order(Account("yan"), until: until), "k");
        suspended.ShouldBe(201);
        (await _world.Call(_world.IdToken("yan"), instance: 1).SendAsync()).ShouldBeRefused(400, "person_suspended");
        await Eventually.TrueAsync(async () => (await _world.Call(_world.IdToken("yan"), instance: 1).SendAsync()).Status == 200);
        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(until.AddSeconds(-1));
        var path = $"/v1/revocations/{suspended.Text("revocation")}";
        (await _desk.GetAsync(path, _desk.Admin("ada"))).Text("standing").ShouldBe("ended");
        (await _world.EntriesAsync(await _world.StreamOfAsync("yan"))).Count(static entry => entry.Kind is EntryKind.StatusChanged).ShouldBe(1);
        (await PostAsync(Order(Account("yan"), until: DateTimeOffset.UtcNow.AddSeconds(-1)))).ShouldBe(400, "suspension_over");
    }

    [Fact]
    public async Task One_that_begins_later_waits_and_is_lifted_as_any_other()
    {
        (await _world.Call(_world.IdToken("zhu")).SendAsync()).Status.ShouldBe(200);
        var from = DateTimeOffset.UtcNow.AddDays(300).ToOffset(TimeSpan.FromHours(8));
        var body = $$"""{"subject":{{Account("zhu")}},"reason":"abuse","text":"t","effective_from":"{{from:yyyy-MM-dd'T'HH:mm:sszzz}}"}""";
        var ordered = await PostAsync(body, "k");
        ordered.ShouldBe(201);
        ordered.Text("standing").ShouldBe("waiting");
        ordered.Json.GetProperty("effective_from").GetDateTimeOffset().ShouldBe(from, TimeSpan.FromSeconds(1));
        ordered.Json.GetProperty("grants").GetArrayLength().ShouldBe(0);
        var again = await PostAsync(body, "k");
        again.ShouldBe(200);
        again.Body.ShouldBe(ordered.Body);
        (await _world.Call(_world.IdToken("zhu"), instance: 1).SendAsync()).Status.ShouldBe(200);
        var path = $"/v1/revocations/{ordered.Text("revocation")}";
        (await _desk.GetAsync("/v1/revocations", _desk.Admin("cid"))).Json.GetProperty("revocations")[0].GetProperty("standing").GetString().ShouldBe("waiting");
        (await LiftAsync(path)).Text("standing").ShouldBe("lifted");
        (await PostAsync($$"""{"subject":{{Account("zhu")}},"reason":"abuse","text":"t","effective_from":"2099-01-01T00:00:00Z"}""", "far")).ShouldBe(400, "too_far_ahead");
        await _world.ShouldBeSoundAsync(await _world.StreamOfAsync("zhu"));
    }

    [Fact]
    public async Task Every_grant_that_was_open_is_listed_page_by_page()
    {
        var token = _world.IdToken("gao");
        var granted = new List<string>();
        for (var batch = 0; batch < 8; batch++)
        {
            granted.AddRange((await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => _world.Call(token).SendAsync()))).Select(static answer => answer.Grant));
        }

        (await _studio.BeginAsync(granted[0])).Status.ShouldBe(201);
        var page = await RevokeAsync(Account("gao"));
        page.ShouldBe(201);
        var (listed, path) = (new List<string>(), $"/v1/revocations/{page.Text("revocation")}");
        while (true)
        {
            listed.AddRange(page.Json.GetProperty("grants").EnumerateArray().Select(static one => one.GetProperty("grant").GetString()!));
            if (!page.Json.TryGetProperty("next", out var next))
            {
                break;
            }

            page.Link.ShouldBe($"<{path}?cursor={next.GetString()}>; rel=\"next\"");
            page = await _desk.GetAsync($"{path}?cursor={next.GetString()}", _desk.Admin("ben"));
            page.ShouldBe(200);
        }

        listed.Count.ShouldBe(119);
        listed.ToHashSet(StringComparer.Ordinal).SetEquals(granted.Skip(1).Select(static grant => TokenAnswer.Claims(grant).GetProperty("jti").GetString()!)).ShouldBeTrue();
        (await _desk.GetAsync($"{path}?cursor=r1", _desk.Admin("ben"))).ShouldBe(400, "question_malformed");
    }

    private string Account(string subject) => $$$"""{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}}""";

    private static string Order(string subject, string text = "Case 7", DateTimeOffset? until = null) =>
        $$"""{"subject":{{subject}},"reason":"abuse","text":"{{text}}"{{(until is { } end ? $",\"suspend_until\":\"{end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\"" : "")}}}""";

    private Task<DeskAnswer> RevokeAsync(string subject) => PostAsync(Order(subject), Guid.NewGuid().ToString());

    private Task<DeskAnswer> PostAsync(string body, string? key = "key", string? admin = null) =>
        _desk.SendAsync(HttpMethod.Post, "/v1/revocations", admin ?? _desk.Admin("ada"), Encoding.UTF8.GetBytes(body), key is null ? null : ("Idempotency-Key", key));

    private Task<DeskAnswer> LiftAsync(string path, string body = """{"text":"A mistake"}""") => _desk.SendAsync(HttpMethod.Delete, path, _desk.Admin("ada"), Encoding.UTF8.GetBytes(body));
}
