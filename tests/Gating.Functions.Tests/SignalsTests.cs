using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gating.Functions.Tests.World;
using Gating.Signals;
using Gating.Testing;
using Gating.Testing.Jose;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>Apps are told when one of their users is stopped: pushed within two seconds or fetched, signed so that others verify it, to the apps that know the person and no other, and sooner or later where a receiver was down.</summary>
public sealed class SignalsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Type = "secevent+jwt";

    private readonly ConcurrentQueue<(long At, string Token, string? Authorization, string? ContentType)> _received = new();
    private LoopbackProvider _receiver = null!;
    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private volatile int _answer = 202;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: DeskCall.Trust);
        _desk = new(_world);
        _receiver = await LoopbackProvider.StartAsync();
        _receiver.Answer("/events", async context =>
        {
            using var reader = new System.IO.StreamReader(context.Request.Body);
            var token = await reader.ReadToEndAsync();
            if (_answer == 202)
            {
                _received.Enqueue((Stopwatch.GetTimestamp(), token, context.Request.Headers.Authorization.SingleOrDefault(), context.Request.ContentType));
            }

            context.Response.StatusCode = _answer;
            if (_answer == 400)
            {
                await context.Response.WriteAsync("""{"err":"invalid_key","description":"whatever it says"}""");
            }
        });
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task An_app_that_is_pushed_to_hears_of_each_of_its_users_who_is_stopped_within_two_seconds()
    {
        const int count = 100;
        await CreatePushAsync(_receiver.Issuer("events"));
        await Other(HttpMethod.Post, "/ssf/streams", """{"events_requested":["https://schemas.openid.net/secevent/caep/event-type/session-revoked"]}""");
        var subjects = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var answered = new long[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            subjects[TokenAnswer.Claims(await _world.Call(_world.IdToken($"person-{i}")).GrantAsync()).GetProperty("sub").GetString()!] = i);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) =>
        {
            await RevokeAsync($"person-{i}");
            answered[i] = Stopwatch.GetTimestamp();
        });
        await UntilAsync(() => Events().Count() >= count);

        var took = Events().Select(one => (One: one, Event: Claims(one.Token)))
            .Select(one => Stopwatch.GetElapsedTime(answered[subjects[one.Event.GetProperty("sub_id").GetProperty("sub").GetString()!]], one.One.At).TotalMilliseconds).Order().ToList();
        output.WriteLine($"{took.Count} events for {count} stops; each was received {took[took.Count / 2]:F0} ms after the answer in the median, {took[(int)(took.Count * 0.99)]:F0} ms at p99, {took[^1]:F0} ms at most (negative: before it)");
        took.Count.ShouldBe(count);
        took[(int)(took.Count * 0.99)].ShouldBeLessThan(2000);

        var (_, token, authorization, contentType) = _received.First();
        (authorization, contentType).ShouldBe(("Bearer of-the-receiver", "application/secevent+jwt"));
        var claims = Claims(token);
        (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString()).ShouldBe((GateWorld.Issuer, TestRegistry.App));
        claims.GetProperty("sub_id").GetProperty("format").GetString().ShouldBe("iss_sub");
        claims.GetProperty("events").GetProperty(SecurityEvents.SessionRevoked).GetProperty("initiating_entity").GetString().ShouldBe("admin");
        claims.TryGetProperty("exp", out _).ShouldBeFalse();
        (await OtherVerifier.VerifyJwtAsync(_world.Addresses[0], GateWorld.Issuer, token, Type, TestRegistry.App, "/ssf/jwks", "RS256")).ShouldBeTrue();
        (await OtherVerifier.VerifyJwtAsync(_world.Addresses[0], GateWorld.Issuer, token, "at+jwt", TestRegistry.App, "/ssf/jwks", "RS256")).ShouldBeFalse();
        Events().Count().ShouldBe(count);

        // The other app, which has a stream too, knows none of them.
        (await Other(HttpMethod.Post, "/ssf/poll", "{}")).Json.GetProperty("sets").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_stop_that_begins_later_it_hears_when_it_begins()
    {
        await _world.AddDrivenInstanceAsync();
        await CreatePushAsync(_receiver.Issuer("events"));
        await _world.Call(_world.IdToken("mei")).GrantAsync();
        var from = DateTimeOffset.UtcNow.AddSeconds(5);
        await RevokeAsync("mei", $",\"effective_from\":\"{Registry.Reading.Rfc3339.Text(from)}\"");
        while (DateTimeOffset.UtcNow < from)
        {
            _received.ShouldBeEmpty();
            await Task.Delay(50);
        }

        await UntilAsync(() => !_received.IsEmpty);
        output.WriteLine($"told {(DateTimeOffset.UtcNow - from).TotalMilliseconds:F0} ms after the time");
        Claims(_received.First().Token).GetProperty("events").GetProperty(SecurityEvents.SessionRevoked).GetProperty("event_timestamp").GetInt64().ShouldBe(from.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task An_app_that_fetches_gets_what_waits_until_it_says_that_it_has_it()
    {
        (await App(HttpMethod.Post, "/ssf/streams", $$"""{"events_requested":["{{SecurityEvents.SessionRevoked}}","urn:whatever"]}""")).ShouldBe(201);
        foreach (var person in new[] { "mei", "bo", "wei" })
        {
            await _world.Call(_world.IdToken(person)).GrantAsync();
            await RevokeAsync(person);
        }

        var sets = new Dictionary<string, string>(StringComparer.Ordinal);
        await UntilAsync(async () =>
        {
            sets = (await App(HttpMethod.Post, "/ssf/poll", "{}")).Json.GetProperty("sets").EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetString()!, StringComparer.Ordinal);
            return sets.Count == 3;
        });
        foreach (var (id, token) in sets)
        {
            Claims(token).GetProperty("jti").GetString().ShouldBe(id);
            (await OtherVerifier.VerifyJwtAsync(_world.Addresses[1], GateWorld.Issuer, token, Type, TestRegistry.App, "/ssf/jwks", "RS256")).ShouldBeTrue();
        }

        var first = await App(HttpMethod.Post, "/ssf/poll", """{"maxEvents":1,"returnImmediately":true}""");
        first.Json.GetProperty("sets").EnumerateObject().Count().ShouldBe(1);
        first.Json.GetProperty("moreAvailable").GetBoolean().ShouldBeTrue();
        var (had, refused) = (sets.Keys.First(), sets.Keys.Last());
        var rest = await App(HttpMethod.Post, "/ssf/poll", $$$$"""{"ack":["{{{{had}}}}"],"setErrs":{"{{{{refused}}}}":{"err":"invalid_key"}}}""");
        rest.Json.GetProperty("sets").EnumerateObject().Select(static one => one.Name).ShouldBe(sets.Keys.Except([had, refused]));
        (await Other(HttpMethod.Post, "/ssf/poll", $$"""{"ack":["{{had}}"]}""")).ShouldBe(404);

        // The same revocation told again by the log's way comes to nothing new.
        await _world.LogAsync();
        (await App(HttpMethod.Post, "/ssf/poll", "{}")).Json.GetProperty("sets").EnumerateObject().Count().ShouldBe(1);
    }

    [Fact]
    public async Task What_a_receiver_that_was_down_did_not_get_comes_when_it_is_up_again()
    {
        await _world.AddDrivenInstanceAsync();
        await CreatePushAsync(_receiver.Issuer("events"));
        _answer = 503;
        await _world.Call(_world.IdToken("mei")).GrantAsync();
        await RevokeAsync("mei");
        await UntilAsync(() => _receiver.RequestsTo("/events") > 0);
        _received.ShouldBeEmpty();
        _answer = 202;
        await UntilAsync(() => !_received.IsEmpty);
        await Task.Delay(500);

        // At least once, and the same event each time: whoever stopped the person and the way into the log each put a message for it.
        _received.Select(static one => one.Token).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_a_receiver_will_not_have_is_set_aside_and_can_be_replayed()
    {
        await CreatePushAsync(_receiver.Issuer("events"));
        _answer = 400;
        await _world.Call(_world.IdToken("mei")).GrantAsync();
        await RevokeAsync("mei");
        await UntilAsync(() => _receiver.RequestsTo("/events") > 0);
        var intake = Service<Messages.MessageIntake>();
        var letters = Service<Messages.IDeadLetters>();
        byte[] message = [];
        await UntilAsync(async () => (message = (await _world.TakeMessagesAsync(Messages.QueueNames.Events)).FirstOrDefault() ?? []).Length > 0, TimeSpan.FromSeconds(20));
        (await intake.TakeAsync(Messages.QueueNames.Events, message, isLast: false, default)).ShouldBeOfType<Messages.MessageOutcome.Refused>().Reason.ShouldBe("event_rejected");
        Messages.DeadLetter? letter = null;
        await foreach (var one in letters.ReadAsync(Messages.QueueNames.Events, default))
        {
            letter = one;
        }

        letter.ShouldNotBeNull().Detail.ShouldBe("The receiver of app studio will not have it (invalid_key).");
        _answer = 202;
        await new Messages.DeadLetterReplay(Service<Messages.IMessageQueues>(), letters).ReplayAsync(letter, default);
        foreach (var again in await _world.TakeMessagesAsync(Messages.QueueNames.Events))
        {
            (await intake.TakeAsync(Messages.QueueNames.Events, again, isLast: false, default)).ShouldBeOfType<Messages.MessageOutcome.Done>();
        }

        _received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_a_stream_is_paused_events_wait_and_while_it_is_disabled_there_are_none()
    {
        await _world.AddDrivenInstanceAsync();
        var (id, _) = await CreatePushAsync(_receiver.Issuer("events"));
        foreach (var (person, status) in new[] { ("mei", "paused"), ("bo", "disabled") })
        {
            (await App(HttpMethod.Post, "/ssf/status", $$"""{"stream_id":"{{id}}","status":"{{status}}","reason":"for a while"}""")).Text("status").ShouldBe(status);
            await _world.Call(_world.IdToken(person)).GrantAsync();
            await RevokeAsync(person);

            // Sealed: what the log's way would tell is told by now.
            await UntilAsync(async () => await _world.QueueLengthAsync(Messages.QueueNames.Trace) == 0);
            if (status == "paused")
            {
                _received.ShouldBeEmpty();
                (await App(HttpMethod.Post, "/ssf/status", $$"""{"stream_id":"{{id}}","status":"enabled"}""")).ShouldBe(200);
                await UntilAsync(() => !_received.IsEmpty);
            }
        }

        (await App(HttpMethod.Get, $"/ssf/status?stream_id={id}")).Text("status").ShouldBe("disabled");
        (await App(HttpMethod.Post, "/ssf/status", $$"""{"stream_id":"{{id}}","status":"enabled"}""")).ShouldBe(200);
        await Task.Delay(1500);
        Events().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_is_made_read_changed_verified_and_removed_by_its_app_alone()
    {
        var configuration = await App(HttpMethod.Get, "/.well-known/ssf-configuration");
        configuration.Text("spec_version").ShouldBe("1_0");
        configuration.Text("configuration_endpoint").ShouldBe($"{GateWorld.Issuer}/ssf/streams");

        (await App(HttpMethod.Get, "/ssf/streams")).Body.ShouldBe("[]");
        var (id, made) = await CreatePushAsync(_receiver.Issuer("events"));
        made.Json.GetProperty("events_delivered").EnumerateArray().Select(static one => one.GetString()).ShouldBe([SecurityEvents.SessionRevoked]);
        made.Body.ShouldNotContain("of-the-receiver");
        (await App(HttpMethod.Post, "/ssf/streams", "{}")).ShouldBe(409, "stream_exists");
        (await App(HttpMethod.Get, $"/ssf/streams?stream_id={id}")).Text("aud").ShouldBe("studio");
        (await App(HttpMethod.Get, "/ssf/streams?stream_id=other")).ShouldBe(404, "stream_unknown");
        (await Other(HttpMethod.Get, $"/ssf/streams?stream_id={id}")).ShouldBe(404, "stream_unknown");
        (await Other(HttpMethod.Patch, "/ssf/streams", $$"""{"stream_id":"{{id}}","description":"mine"}""")).ShouldBe(404, "stream_unknown");
        (await Other(HttpMethod.Delete, $"/ssf/streams?stream_id={id}")).ShouldBe(404, "stream_unknown");
        (await Other(HttpMethod.Post, "/ssf/verify", $$"""{"stream_id":"{{id}}"}""")).ShouldBe(404, "stream_unknown");

        (await App(HttpMethod.Patch, "/ssf/streams", $$"""{"stream_id":"{{id}}","description":"ours"}""")).Text("description").ShouldBe("ours");
        (await App(HttpMethod.Post, "/ssf/verify", $$"""{"stream_id":"{{id}}","state":"xyz"}""")).ShouldBe(204);
        await UntilAsync(() => !_received.IsEmpty);
        _received.TryDequeue(out var verification).ShouldBeTrue();
        var claims = Claims(verification.Token);
        claims.GetProperty("events").GetProperty(SecurityEvents.Verification).GetProperty("state").GetString().ShouldBe("xyz");
        claims.GetProperty("sub_id").GetProperty("id").GetString().ShouldBe(id);

        // Sent without an Authorization where none is wanted.
        (await App(HttpMethod.Patch, "/ssf/streams", $$$"""{"stream_id":"{{{id}}}","delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"{{{_receiver.Issuer("events")}}}"}}""")).ShouldBe(200);
        (await App(HttpMethod.Post, "/ssf/verify", $$"""{"stream_id":"{{id}}"}""")).ShouldBe(204);
        await UntilAsync(() => !_received.IsEmpty);
        Events().Single().Authorization.ShouldBeNull();

        var put = await App(HttpMethod.Put, "/ssf/streams", $$"""{"stream_id":"{{id}}","events_requested":[]}""");
        put.Json.GetProperty("delivery").GetProperty("endpoint_url").GetString().ShouldBe($"{GateWorld.Issuer}/ssf/poll");
        put.Json.GetProperty("events_delivered").GetArrayLength().ShouldBe(0);
        (await App(HttpMethod.Delete, $"/ssf/streams?stream_id={id}")).ShouldBe(204);
        (await App(HttpMethod.Get, "/ssf/streams")).Body.ShouldBe("[]");
    }

    [Theory]
    [InlineData("http://receiver.example/events")]
    [InlineData("https://169.254.169.254/metadata")]
    [InlineData("https://user:secret@receiver.example/")]
    [InlineData("ftp://receiver.example/")]
    [InlineData("not an address")]
    public async Task An_address_that_must_not_be_called_is_refused(string address)
    {
        var refused = await App(HttpMethod.Post, "/ssf/streams", $$$"""{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"{{{address}}}"}}""");
        refused.ShouldBe(400, "stream_malformed");
        refused.Json.GetProperty("errors")[0].GetProperty("at").GetString().ShouldBe("/delivery/endpoint_url");
    }

    [Theory]
    [InlineData("/ssf/streams", """{"delivery":{"method":"urn:x"}}""", "stream_malformed")]
    [InlineData("/ssf/streams", """{"app":"other"}""", "stream_malformed")]
    [InlineData("/ssf/streams", "[]", "stream_malformed")]
    [InlineData("/ssf/status", """{"stream_id":"x","status":"on"}""", "stream_malformed")]
    [InlineData("/ssf/verify", "{}", "stream_malformed")]
    [InlineData("/ssf/poll", """{"ack":"x"}""", "poll_malformed")]
    public async Task What_is_malformed_is_told_with_its_place(string path, string body, string reason) => (await App(HttpMethod.Post, path, body)).ShouldBe(400, reason);

    private T Service<T>()
        where T : notnull => Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<T>(_world.Services);

    private async Task<(string Id, DeskAnswer Answer)> CreatePushAsync(string endpoint)
    {
        var made = await App(
            HttpMethod.Post, "/ssf/streams",
            $$"""{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"{{endpoint}}","authorization_header":"Bearer of-the-receiver"},"events_requested":["{{SecurityEvents.SessionRevoked}}"]}""");
        made.ShouldBe(201);
        return (made.Text("stream_id"), made);
    }

    private Task<DeskAnswer> App(HttpMethod method, string path, string? body = null) => SendAsync(method, path, body, TokenCall.Basic(TestRegistry.App, TestRegistry.Secret));

    private Task<DeskAnswer> Other(HttpMethod method, string path, string? body = null) => SendAsync(method, path, body, TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret));

    private async Task<DeskAnswer> SendAsync(HttpMethod method, string path, string? body, AuthenticationHeaderValue app)
    {
        using var request = new HttpRequestMessage(method, new Uri(_world.Addresses[1], path)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = app;
        using var response = await _world.Http.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), "", null, null, null);
    }

    private async Task RevokeAsync(string subject, string more = "")
    {
        var order = $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}},"reason":"abuse","text":"x"{{{more}}}}""";
        (await _desk.SendAsync(HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"), Encoding.UTF8.GetBytes(order), ("Idempotency-Key", subject))).ShouldBe(201);
    }

    /// <summary>What was received: an event may come twice, and says by its id that it is the same.</summary>
    private IEnumerable<(long At, string Token, string? Authorization, string? ContentType)> Events() => _received.DistinctBy(static one => Claims(one.Token).GetProperty("jti").GetString());

    private static JsonElement Claims(string token) => TokenAnswer.Claims(token);

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? limit = null)
    {
        for (var waited = Stopwatch.StartNew(); !await holds();)
        {
            waited.Elapsed.ShouldBeLessThan(limit ?? TimeSpan.FromSeconds(40));
            await Task.Delay(20);
        }
    }
}
