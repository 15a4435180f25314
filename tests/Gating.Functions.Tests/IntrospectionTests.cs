using System.Diagnostics;
using System.Text;
using Gating.Azure;
using Gating.Functions.Tests.World;
using Gating.Grants;
using Gating.Ledger;
using Gating.Testing.Jose;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>RFC 7662 and RFC 7009, case by case over the real surface and the real storage, on two instances.</summary>
public sealed class IntrospectionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Inactive = """{"active":false}""";
    private const string OtherTool = "https://tools.example/voice";

    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private GrantCall _grants = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]!.AsArray().Add(TestRegistry.NewTool(OtherTool));
            registry["apps"]!.AsArray()[0]!["tools"]!.AsArray().Add(OtherTool);
        });
        _desk = new(_world);
        _grants = new(_world, instance: 1);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_good_is_told_as_the_grant_says_it()
    {
        var key = TestKey.Ec("d1");
        var plain = await GrantAsync("mei");
        foreach (var grant in new[] { plain, (await _world.Call(_world.IdToken("mei")).Header("DPoP", Proof(key)).GrantAsync()) })
        {
            var told = await _grants.IntrospectAsync(grant, ("token_type_hint", "no_such_type"));
            told.Status.ShouldBe(200, told.ToString());
            told.Headers["Cache-Control"].ShouldBe("no-store");
            told.Json.GetProperty("active").GetBoolean().ShouldBeTrue();
            told.Text("token_type").ShouldBe(grant == plain ? "Bearer" : "DPoP");
            var claims = TokenAnswer.Claims(grant);
            foreach (var claim in claims.EnumerateObject())
            {
                told.Json.GetProperty(claim.Name).GetRawText().ShouldBe(claim.Value.GetRawText());
            }

            told.Json.TryGetProperty("cnf", out var bound).ShouldBe(grant != plain);
            (grant == plain ? bound.ValueKind is System.Text.Json.JsonValueKind.Undefined : bound.TryGetProperty("jkt", out _)).ShouldBeTrue();
            told.Json.EnumerateObject().Count().ShouldBe(claims.EnumerateObject().Count() + 2);
        }

        // A tool asks while it generates: what was redeemed is good, and says for what.
        var begun = await new StudioCall(_world.Http, _world.Addresses[0]).BeginAsync(plain);
        (await _grants.IntrospectAsync(plain)).Text("generation").ShouldBe(begun.Text("id"));
    }

    [Fact]
    public async Task What_is_not_good_is_the_same_for_every_reason()
    {
        var answers = new Dictionary<string, StudioCall.Answer>(StringComparer.Ordinal);
        foreach (var (reason, token) in await BadTokensAsync())
        {
            answers[reason] = await _grants.IntrospectAsync(token);
        }

        answers["asked by another app"] = await _grants.SendAsync("/oauth2/introspect", TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret), ("token", await GrantAsync("mei")));
        var stopped = await GrantAsync("mei", OtherTool);
        await _world.ChangeRegistryAsync(static registry => registry["tools"]!.AsArray()[1]!["status"] = "stopped");
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        answers["tool stopped"] = await _grants.IntrospectAsync(stopped);
        await _world.ChangeRegistryAsync(static registry =>
        {
            registry["tools"]!.AsArray()[1]!["status"] = "active";
            registry["issuers"]!.AsArray()[0]!["status"] = "stopped";
        });
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        answers["issuer stopped"] = await _grants.IntrospectAsync(stopped);
        await _world.ChangeRegistryAsync(static registry => registry["issuers"]!.AsArray()[0]!["status"] = "active");
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        (await _grants.IntrospectAsync(stopped)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();

        var headers = answers.Values.Select(static answer => string.Join('\n', answer.Headers.Where(static header => header.Key is not "Date").Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal)));
        headers.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        foreach (var (reason, answer) in answers)
        {
            answer.Status.ShouldBe(200, reason);
            Encoding.UTF8.GetString(answer.Bytes).ShouldBe(Inactive, reason);
        }

        output.WriteLine($"{answers.Count} reasons, one answer: {string.Join(", ", answers.Keys)}");
    }

    [Fact]
    public async Task What_is_not_good_costs_the_same_for_every_reason()
    {
        var requests = new[] { 0, 1 }.Select(_world.ServicesOf).Select(static services => services.GetRequiredService<AzureStorage>().Requests).ToList();
        long Spent() => requests.Sum(static one => one[StorageOperation.Get]);
        var revoked = await GrantAsync("lin");
        (await RevokePersonAsync("lin")).ShouldBe(201);
        var medians = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (reason, token) in (await BadTokensAsync()).Append(("of a person who is revoked", revoked)))
        {
            var (spent, took) = (new List<long>(), new List<double>());
            for (var i = 0; i < 21; i++)
            {
                var (before, watch) = (Spent(), Stopwatch.StartNew());
                await _grants.IntrospectAsync(token);
                took.Add(watch.Elapsed.TotalMilliseconds);
                spent.Add(Spent() - before);
            }

            // A read of the registry's stamp may fall between: one a second, whoever asks.
            spent.Min().ShouldBe(5, reason);
            spent.Order().ElementAt(10).ShouldBe(5, reason);
            medians[reason] = took.Order().ElementAt(10);
        }

        output.WriteLine(string.Join("; ", medians.Select(static one => $"{one.Key} {one.Value:F2} ms")));
    }

    [Fact]
    public async Task Who_asks_for_it_gets_the_answer_signed_for_himself()
    {
        const string type = "application/token-introspection+jwt";
        var (good, bad) = (await GrantAsync("mei"), "x");
        foreach (var (token, accept) in new[] { (good, type), (bad, type), (good, $"application/json;q=0.5, {type}") })
        {
            var plain = await _grants.IntrospectAsync(token);
            var signed = await _grants.IntrospectAsync(token, accept);
            signed.Headers["Content-Type"].ShouldBe(type);
            (signed.Headers["Cache-Control"], signed.Headers["Vary"]).ShouldBe(("no-store", "Accept"));
            var text = Encoding.ASCII.GetString(signed.Bytes);
            var jws = await OtherVerifier.VerifyJwtAsync(_world.Addresses[0], GateWorld.Issuer, text, typ: "token-introspection+jwt", audience: TestRegistry.App);
            jws.ShouldBeTrue();
            var claims = TokenAnswer.Claims(text);
            claims.EnumerateObject().Select(static claim => claim.Name).ShouldBe(["iss", "aud", "iat", "token_introspection"]);
            claims.GetProperty("token_introspection").GetRawText().ShouldBe(Encoding.UTF8.GetString(plain.Bytes));

            // It is no grant, and no grant is one (RFC 9701, 8.1).
            Encoding.UTF8.GetString((await _grants.IntrospectAsync(text)).Bytes).ShouldBe(Inactive);
            (await OtherVerifier.VerifyJwtAsync(_world.Addresses[0], GateWorld.Issuer, text, typ: "at+jwt", audience: TestRegistry.App)).ShouldBeFalse();
        }

        foreach (var accept in new[] { "*/*", "application/json", $"application/json, {type}", $"{type};q=0" })
        {
            (await _grants.IntrospectAsync(good, accept)).Headers["Content-Type"].ShouldBe("application/json", accept);
        }
    }

    [Theory]
    [InlineData("/oauth2/introspect")]
    [InlineData("/oauth2/revoke")]
    public async Task Who_does_not_say_who_and_what_is_refused(string path)
    {
        var (grant, app) = (await GrantAsync("mei"), TokenCall.Basic(TestRegistry.App, TestRegistry.Secret));
        async Task ShouldBeRefusedAsync(Task<StudioCall.Answer> asked, int status, string error)
        {
            var answer = await asked;
            answer.Status.ShouldBe(status, answer.ToString());
            answer.Text("error").ShouldBe(error);
            answer.Headers["Cache-Control"].ShouldBe("no-store");
        }

        await ShouldBeRefusedAsync(_grants.SendAsync(path, null, ("token", grant)), 401, "invalid_client");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, TokenCall.Basic(TestRegistry.App, "wrong"), ("token", grant)), 401, "invalid_client");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, TokenCall.Basic("nobody", TestRegistry.Secret), ("token", grant)), 401, "invalid_client");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, new("Bearer", grant), ("token", grant)), 401, "invalid_client");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, app), 400, "invalid_request");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, app, ("token", "")), 400, "invalid_request");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, app, ("token", grant), ("token", grant)), 400, "invalid_request");
        await ShouldBeRefusedAsync(_grants.SendAsync($"{path}?token={await GrantAsync("mei")}", app), 400, "invalid_request");
        await ShouldBeRefusedAsync(_grants.SendAsync(path, app, ("token", new string('x', 60_000))), 413, "invalid_request");
        using var got = await _world.Http.GetAsync(new Uri(_world.Addresses[0], $"{path}?token={await GrantAsync("mei")}"));
        ((int)got.StatusCode).ShouldBe(405);
        (await _grants.IntrospectAsync(grant)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();

        // Those that stood in an address, which is none of ours, are the framework's to log, at a level that nobody sets.
        _world.Logs.Lines.ShouldAllBe(line => !line.Contains(grant.Split('.')[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grant_that_its_app_gives_back_gives_back_its_units_and_opens_nothing()
    {
        var granted = await _world.Call(_world.IdToken("wei")).Units(4).Key("k").SendAsync();
        await GrantAsync("wei");
        var person = await _world.StreamOfAsync("wei");
        (await UsedAsync(person)).ShouldBe(5);
        for (var again = 0; again < 3; again++)
        {
            var revoked = await new GrantCall(_world, again % 2).RevokeAsync(granted.Grant, ("token_type_hint", "refresh_token"));
            revoked.Status.ShouldBe(200, revoked.ToString());
            revoked.Bytes.ShouldBeEmpty();
            revoked.Headers["Cache-Control"].ShouldBe("no-store");
            Encoding.UTF8.GetString((await _grants.IntrospectAsync(granted.Grant)).Bytes).ShouldBe(Inactive);
            (await UsedAsync(person)).ShouldBe(1);
        }

        (await new StudioCall(_world.Http, _world.Addresses[0]).BeginAsync(granted.Grant)).Text("reason").ShouldBe("grant_spent");
        (await _world.Call(_world.IdToken("wei")).Units(4).Key("k").SendAsync()).ShouldBeRefused(400, "idempotency_spent");
        (await _world.EntriesAsync(person)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Granted, EntryKind.Released]);
        await _world.ShouldBeSoundAsync(person);
    }

    [Fact]
    public async Task A_grant_that_was_redeemed_is_revoked_without_its_units()
    {
        var grant = await GrantAsync("fei");
        (await new StudioCall(_world.Http, _world.Addresses[0]).BeginAsync(grant)).Status.ShouldBe(201);
        var person = await _world.StreamOfAsync("fei");
        (await _grants.RevokeAsync(grant)).Status.ShouldBe(200);
        (await _grants.RevokeAsync(grant)).Status.ShouldBe(200);
        Encoding.UTF8.GetString((await _grants.IntrospectAsync(grant)).Bytes).ShouldBe(Inactive);
        (await UsedAsync(person)).ShouldBe(1);
        (await _world.EntriesAsync(person)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Released]);
    }

    [Fact]
    public async Task What_is_no_grant_of_that_app_is_answered_alike_and_left_alone()
    {
        foreach (var (reason, token) in await BadTokensAsync())
        {
            var answer = await _grants.RevokeAsync(token);
            answer.Status.ShouldBe(200, reason);
            answer.Bytes.ShouldBeEmpty(reason);
        }

        var grant = await GrantAsync("mei");
        (await _grants.SendAsync("/oauth2/revoke", TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret), ("token", grant))).Status.ShouldBe(200);
        (await _grants.IntrospectAsync(grant)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_revocation_of_the_person_is_seen_by_the_next_question_and_its_end_too()
    {
        var grant = await GrantAsync("yan");
        (await _grants.IntrospectAsync(grant)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        var revoked = await RevokePersonAsync("yan");
        Encoding.UTF8.GetString((await _grants.IntrospectAsync(grant)).Bytes).ShouldBe(Inactive);
        (await _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{revoked.Text("revocation")}", _desk.Admin("ada"), """{"text":"x"}"""u8.ToArray())).ShouldBe(200);
        (await _grants.IntrospectAsync(grant)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_metadata_names_both_endpoints_and_how_to_authenticate_there()
    {
        using var json = System.Text.Json.JsonDocument.Parse(await _world.Http.GetStringAsync(new Uri(_world.Addresses[0], "/.well-known/oauth-authorization-server")));
        foreach (var (name, path) in new[] { ("introspection", "/oauth2/introspect"), ("revocation", "/oauth2/revoke") })
        {
            json.RootElement.GetProperty($"{name}_endpoint").GetString().ShouldBe(GateWorld.Issuer + path);
            json.RootElement.GetProperty($"{name}_endpoint_auth_methods_supported").EnumerateArray().Select(static one => one.GetString()).ShouldBe(["private_key_jwt", "client_secret_basic"]);
        }
    }

    /// <summary>What is no good grant of the studio's, by why.</summary>
    private async Task<List<(string Reason, string Token)>> BadTokensAsync()
    {
        var (good, person) = (await GrantAsync("bo"), default(StreamId));
        person = await _world.StreamOfAsync("bo");
        var released = await GrantAsync("bo");
        (await _grants.RevokeAsync(released)).Status.ShouldBe(200);
        var others = await _world.Call(_world.IdToken("bo", change: static payload => payload.Text("aud", TestRegistry.OtherClientId)))
            .As(TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret)).SendAsync();
        var parts = good.Split('.');
        var keys = _world.Services.GetRequiredService<SigningKeyRing>();
        var handles = _world.Services.GetRequiredService<AppHandles>();
        var now = DateTimeOffset.UtcNow;
        string Sign(DateTimeOffset expires, long seq, string issuer) => Encoding.ASCII.GetString(new GrantSigner(keys, handles, issuer).Sign(new(
            person, seq, TestRegistry.App, TestRegistry.Tool, now, expires, Encoding.UTF8.GetBytes("""{"type":"synthetic_media","operation":"face_swap"}"""), null)));

        // By their entries these two have expired, or were never granted, whatever the token says.
        var expired = await ExpiredAsync(person);
        return
        [
            ("empty but for a space", " "), ("malformed", "x"), ("huge", new string('x', 40_000)), ("three empty parts", ".."), ("unsigned", $"{parts[0]}.{parts[1]}."),
            ("bad signature", $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}"), ("an ID token", _world.IdToken("bo")), ("another issuer's", Sign(now.AddMinutes(5), 1, "https://other.test")),
            ("expired", Sign(now.AddMinutes(5), expired, GateWorld.Issuer)), ("never granted", Sign(now.AddMinutes(5), 999_999, GateWorld.Issuer)),
            ("another app's", others.Grant), ("given back", released),
        ];
    }

    /// <summary>Seq of a grant whose entry says that it has expired: written as the gate wrote it six minutes ago.</summary>
    private async Task<long> ExpiredAsync(StreamId person)
    {
        var entry = (await _world.EntriesAsync(person)).First(static one => one.Kind is EntryKind.Granted);
        var json = System.Text.Json.Nodes.JsonNode.Parse(entry.Public.Span)!.AsObject();
        json["exp"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
        json["iat"] = DateTimeOffset.UtcNow.AddMinutes(-6).ToUnixTimeSeconds();
        var draft = new EntryDraft(EntryKind.Granted, Encoding.ASCII.GetBytes(json.ToJsonString()), default);
        var outcome = await _world.Services.GetRequiredService<Appender>().AppendAsync(
            person, new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], null, null, true)), isNew: false);
        return outcome.ShouldBeOfType<AppendOutcome<bool>.Done>().Entries[0].Seq;
    }

    private async Task<string> GrantAsync(string subject, string tool = TestRegistry.Tool)
    {
        var granted = await _world.Call(_world.IdToken(subject)).With("resource", tool).SendAsync();
        granted.Status.ShouldBe(200, granted.Body);
        return granted.Grant;
    }

    private async Task<long> UsedAsync(StreamId person) => (await _world.Ledger.ReadHeadAsync(person, default))!.Head.State.Windows.Single().Used;

    private Task<DeskAnswer> RevokePersonAsync(string subject) => _desk.SendAsync(
        HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"),
        Encoding.UTF8.GetBytes($$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}},"reason":"abuse","text":"x"}"""), ("Idempotency-Key", Guid.NewGuid().ToString()));

    private static string Proof(TestKey key) => key.Token(
        $$$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{{key.Jwk()}}}}""",
        $$"""{"htm":"POST","htu":"{{GateWorld.Issuer}}/oauth2/token","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"jti":"{{Guid.NewGuid()}}"}""");
}
