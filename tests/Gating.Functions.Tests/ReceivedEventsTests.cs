using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Functions.Http;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Local.OpenId;
using Gating.Signals;
using Gating.Testing.Jose;
using Gating.Testing.Processes;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>An issuer that is believed reports what happened to its accounts: whom it is about is stopped everywhere, on record, and let in again; whoever is not believed is told why.</summary>
public sealed class ReceivedEventsTests(OpenIdProviderFixture provider, ITestOutputHelper output) : IAsyncLifetime, IClassFixture<OpenIdProviderFixture>
{
    private const string Disabled = EventCall.Risc + "account-disabled";
    private const string Enabled = EventCall.Risc + "account-enabled";

    private static readonly TestKey TransmitterKey = TestKey.Rsa("events");

    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private EventCall _events = null!;
    private LoopbackProvider _transmitter = null!;

    public async Task InitializeAsync()
    {
        _transmitter = await LoopbackProvider.StartAsync();
        _transmitter.Answer("/.well-known/ssf-configuration/events", LoopbackProvider.Json($$"""{"issuer":"{{_transmitter.Issuer("events")}}","jwks_uri":"{{_transmitter.Issuer("events")}}/jwks"}"""));
        _transmitter.Answer("/events/jwks", LoopbackProvider.Json($$"""{"keys":[{{TransmitterKey.Jwk()}}]}"""));
        _world = await GateWorld.StartAsync(instances: 2, issuers: [provider.Provider.Issuer], registry: registry =>
        {
            DeskCall.Trust(registry);
            EventCall.Trust(registry);

            // The real provider has a transmitter beside it, which signs with keys of its own and brings what was agreed.
            registry["issuers"]!.AsArray()[1]!["signals"] = new JsonObject
            {
                ["transmitter"] = _transmitter.Issuer("events"),
                ["algorithms"] = new JsonArray("RS256"),
                ["audience"] = "gate-at-the-provider",
                ["secretDigests"] = new JsonArray(Convert.ToHexStringLower(SHA256.HashData("Bearer of-the-transmitter"u8))),
            };
        });
        _desk = new(_world);
        _events = new(_world);
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _transmitter.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_was_revoked_at_the_issuer_is_over_here_too()
    {
        var grant = await _world.Call(_world.IdToken("mei")).GrantAsync();
        await AppAsync(HttpMethod.Post, "/ssf/streams", $$"""{"events_requested":["{{SecurityEvents.SessionRevoked}}"]}""");
        await _events.ReportAsync(_events.Token("mei", members: """{"initiating_entity":"policy","event_timestamp":1615304991}""", id: "e-1"));

        (await _world.Call(_world.IdToken("mei"), 1).SendAsync()).ShouldBeRefused(400, "person_suspended");
        Encoding.UTF8.GetString((await new GrantCall(_world, 1).IntrospectAsync(grant)).Bytes).ShouldBe("""{"active":false}""");
        var revocation = (await _desk.GetAsync("/v1/revocations", _desk.Admin("ada"))).Json.GetProperty("revocations").EnumerateArray().Single();
        revocation.GetProperty("standing").GetString().ShouldBe("standing");
        revocation.GetProperty("text").GetString().ShouldBe("The issuer reported session-revoked, event e-1.");
        revocation.GetProperty("by").GetProperty("issuer").GetString().ShouldBe(_world.IdentityIssuer);
        revocation.GetProperty("by").GetProperty("subject").GetString().ShouldBe(SecurityEvents.SessionRevoked);
        (revocation.GetProperty("suspend_until").GetDateTimeOffset() - DateTimeOffset.UtcNow).ShouldBeInRange(TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(62));
        await UntilAsync(async () => (await SetsAsync()).Count == 1);

        // Nobody is locked out who cannot be let in: an admin lifts it as any other.
        (await _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{revocation.GetProperty("revocation").GetString()}", _desk.Admin("ada"), """{"text":"it was she"}"""u8.ToArray())).ShouldBe(200);
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
        string.Join('\n', _world.Logs.Lines).ShouldNotContain("e-1.");
    }

    [Fact]
    public async Task An_account_of_the_real_provider_is_disabled_and_enabled_by_its_transmitter()
    {
        var (token, person) = (await provider.SignInAsync(DemoPerson.Lin), DemoPerson.Lin.Subject);
        await _world.Call(token).GrantAsync();
        string Set(string type, Action<RawObject>? change = null) => _events.Token(person, type, """{"reason":"hijacking"}""", key: TransmitterKey, issuer: provider.Provider.Issuer, change: payload =>
        {
            payload.Text("iss", _transmitter.Issuer("events")).Text("aud", "gate-at-the-provider");
            change?.Invoke(payload);
        });

        var disabled = Set(Disabled);
        (await _events.SendAsync(disabled)).Member("err").ShouldBe("authentication_failed");
        (await _events.SendAsync(disabled, authorization: "Bearer of-the-transmitter")).Status.ShouldBe(202);
        (await _world.Call(token, 1).SendAsync()).ShouldBeRefused(400, "person_revoked");
        (await _desk.GetAsync("/v1/revocations", _desk.Admin("ada"))).Json.GetProperty("revocations")[0].GetProperty("reason").GetString().ShouldBe("hijacking");

        // The other issuer, which is believed too, has nothing to say about this one's accounts.
        (await _events.SendAsync(_events.Token(person, Enabled, issuer: provider.Provider.Issuer))).Member("reason").ShouldBe("event_subject_not_supported");
        (await _events.SendAsync(_events.Token(person, Enabled))).Status.ShouldBe(202);
        (await _world.Call(token).SendAsync()).ShouldBeRefused(400, "person_revoked");
        (await _events.SendAsync(Set(Enabled), authorization: "Bearer of-the-transmitter")).Status.ShouldBe(202);
        (await _world.Call(token, 1).SendAsync()).Status.ShouldBe(200);
        await _world.ShouldBeSoundAsync(await _world.StreamOfAsync(provider.Provider.Issuer, person));
    }

    [Fact]
    public async Task The_same_event_on_two_instances_at_once_is_one_stop_and_one_record()
    {
        const int rounds = 40;
        var kinds = new[] { SecurityEvents.SessionRevoked, Disabled };
        await Parallel.ForAsync(0, rounds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (round, _) => await _world.Call(_world.IdToken($"p{round}")).GrantAsync());
        await Parallel.ForAsync(0, rounds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (round, _) =>
        {
            var token = _events.Token($"p{round}", kinds[round % 2]);
            await Task.WhenAll(_events.ReportAsync(token), new EventCall(_world, 1).ReportAsync(token));
        });
        for (var round = 0; round < rounds; round++)
        {
            (await _world.EntriesAsync(await _world.StreamOfAsync($"p{round}"))).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.StatusChanged]);
        }

        var revocations = (await _desk.GetAsync("/v1/revocations", _desk.Admin("ada"))).Json.GetProperty("revocations").EnumerateArray().ToList();
        revocations.Count.ShouldBe(rounds);
        revocations.Select(static one => one.GetProperty("subject").GetProperty("person").GetString()).Distinct().Count().ShouldBe(rounds);

        // And lifted once, by both.
        await Parallel.ForAsync(0, rounds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (round, _) =>
        {
            var token = _events.Token($"p{round}", Enabled);
            await Task.WhenAll(_events.ReportAsync(token), new EventCall(_world, 1).ReportAsync(token));
        });
        var lifted = 0;
        for (var round = 0; round < rounds; round++)
        {
            var stream = await _world.StreamOfAsync($"p{round}");
            lifted += (await _world.EntriesAsync(stream)).Count - 2;
            await _world.ShouldBeSoundAsync(stream);
        }

        lifted.ShouldBe(rounds / 2);
        output.WriteLine($"{rounds} people, each event on both instances at once: {rounds} stops, {rounds} records, {lifted} lifted");
    }

    [Fact]
    public async Task Apps_that_know_the_person_and_asked_for_it_hear_that_the_assurance_changed()
    {
        const string Change = """{"namespace":"demo_framework","current_level":"low","previous_level":"high","change_direction":"decrease"}""";
        var subject = TokenAnswer.Claims(await _world.Call(_world.IdToken("mei")).GrantAsync()).GetProperty("sub").GetString();
        (await AppAsync(HttpMethod.Post, "/ssf/streams", $$"""{"events_requested":["{{SecurityEvents.AssuranceLevelChange}}"]}""")).Json.GetProperty("events_delivered")[0].GetString().ShouldBe(SecurityEvents.AssuranceLevelChange);
        await OtherAsync(HttpMethod.Post, "/ssf/streams", $$"""{"events_requested":["{{SecurityEvents.AssuranceLevelChange}}"]}""");
        var token = _events.Token("mei", SecurityEvents.AssuranceLevelChange, Change);
        await _events.ReportAsync(token);
        await _events.ReportAsync(token);
        await _events.ReportAsync(_events.Token("mei", SecurityEvents.AssuranceLevelChange, """{"namespace":"NIST-AAL","current_level":"nist-aal2"}"""));
        await UntilAsync(async () => (await SetsAsync()).Count == 1);

        // The log's way tells it again, as the same event.
        await _world.LogAsync();
        var (id, told) = (await SetsAsync()).Single();
        (await OtherVerifier.VerifyJwtAsync(_world.Addresses[1], GateWorld.Issuer, told, "secevent+jwt", TestRegistry.App, "/ssf/jwks", "RS256")).ShouldBeTrue();
        var claims = TokenAnswer.Claims(told);
        claims.GetProperty("jti").GetString().ShouldBe(id);
        claims.GetProperty("sub_id").GetProperty("sub").GetString().ShouldBe(subject);
        claims.GetProperty("sub_id").GetProperty("iss").GetString().ShouldBe(GateWorld.Issuer);
        var change = claims.GetProperty("events").GetProperty(SecurityEvents.AssuranceLevelChange);
        change.GetProperty("namespace").GetString().ShouldBe(SecurityEvents.AssuranceNamespace);
        (change.GetProperty("current_level").GetString(), change.GetProperty("previous_level").GetString(), change.GetProperty("change_direction").GetString()).ShouldBe(("low", "high", "decrease"));
        change.GetProperty("event_timestamp").GetInt64().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        (await OtherAsync(HttpMethod.Post, "/ssf/poll", "{}")).Json.GetProperty("sets").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_not_believed_is_told_why()
    {
        async Task ShouldBeAsync(string token, string error, string reason, string contentType = "application/secevent+jwt")
        {
            var answer = await _events.SendAsync(token, contentType);
            (answer.Status, answer.Member("err"), answer.Member("reason"), answer.Language).ShouldBe((400, error, reason, "en"), answer.Body);
            answer.Member("description").ShouldNotBeNullOrEmpty();
        }

        await _world.Call(_world.IdToken("mei")).GrantAsync();
        await ShouldBeAsync("x", "invalid_request", "event_malformed");
        await ShouldBeAsync(new('x', 20_000), "invalid_request", "event_too_large");
        await ShouldBeAsync(_events.Token("mei"), "invalid_request", "content_type_wrong", "application/json");
        await ShouldBeAsync(_world.IdToken("mei"), "invalid_request", "event_type_wrong");
        await ShouldBeAsync(_events.Token("mei", change: static payload => payload.Text("iss", "https://stranger.example")), "invalid_issuer", "event_issuer_unknown");
        await ShouldBeAsync(_events.Token("mei", change: static payload => payload.Text("aud", TestRegistry.ClientId)), "invalid_audience", "event_audience_wrong");
        await ShouldBeAsync(_events.Token("mei", change: static payload => payload.Drop("sub_id")), "invalid_request", "event_claim_missing");
        await ShouldBeAsync(_events.Token("mei", key: TestKey.Ec("k1")), "authentication_failed", "event_signature_bad");
        await ShouldBeAsync(_events.Token("mei", key: TestKey.Ec("k3")), "invalid_key", "event_key_unknown");
        await ShouldBeAsync(_events.Token("mei", key: TransmitterKey), "invalid_key", "event_algorithm_not_allowed");
        (await _events.SendAsync(_events.Token("mei"), "Application/SecEvent+JWT; charset=utf-8")).Status.ShouldBe(202);
        (await _events.SendAsync(_events.Token("whoever was never here"))).Status.ShouldBe(202);
        (await _world.EntriesAsync(await _world.StreamOfAsync("mei"))).Count.ShouldBe(2);

        // An event opens nothing else, and nothing else is an event.
        (await _world.Call(_events.Token("mei", change: payload => payload.Text("sub", "mei").Text("aud", TestRegistry.ClientId).Number("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600))).SendAsync()).Reason.ShouldBe("token_type_wrong");
    }

    [Fact]
    public async Task While_the_transmitters_keys_cannot_be_had_the_event_has_to_come_again()
    {
        _transmitter.Answer("/.well-known/ssf-configuration/events", LoopbackProvider.Status(500));
        var token = _events.Token("lin", Disabled, key: TransmitterKey, issuer: provider.Provider.Issuer, change: payload => payload.Text("iss", _transmitter.Issuer("events")).Text("aud", "gate-at-the-provider"));
        var answer = await _events.SendAsync(token, authorization: "Bearer of-the-transmitter");
        (answer.Status, answer.Member("reason"), answer.RetryAfter).ShouldBe((503, "issuer_keys_unavailable", "2"));
    }

    [Fact]
    public async Task One_address_cannot_ask_without_end()
    {
        var seen = new ConcurrentDictionary<int, int>();
        await Parallel.ForAsync(0, AddressLimits.EventsPerMinute + 300, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => seen.AddOrUpdate((await _events.SendAsync("x")).Status, 1, static (_, count) => count + 1));
        seen.Keys.Order().ShouldBe([400, 429]);
        output.WriteLine($"{seen[400]} were looked at, {seen[429]} turned away");
        seen[429].ShouldBeGreaterThan(0);
    }

    private async Task<Dictionary<string, string>> SetsAsync() =>
        (await AppAsync(HttpMethod.Post, "/ssf/poll", "{}")).Json.GetProperty("sets").EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetString()!, StringComparer.Ordinal);

    private Task<DeskAnswer> AppAsync(HttpMethod method, string path, string body) => SendAsync(method, path, body, TokenCall.Basic(TestRegistry.App, TestRegistry.Secret));

    private Task<DeskAnswer> OtherAsync(HttpMethod method, string path, string body) => SendAsync(method, path, body, TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret));

    private async Task<DeskAnswer> SendAsync(HttpMethod method, string path, string body, AuthenticationHeaderValue app)
    {
        using var request = new HttpRequestMessage(method, new Uri(_world.Addresses[1], path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = app;
        using var response = await _world.Http.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), "", null, null, null);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !await holds();)
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
            await Task.Delay(50);
        }
    }
}
