using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Azure;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The Authorization API (OpenID AuthZEN 1.0) over the real surface: it says what the token endpoint says, and does nothing.</summary>
public sealed class AuthZenTests : IAsyncLifetime
{
    private const string One = "/access/v1/evaluation";
    private const string Many = "/access/v1/evaluations";

    private GateWorld _world = null!;

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync(registry: static registry =>
    {
        DeskCall.Trust(registry);
        var tools = registry["tools"]!.AsArray();
        tools[0]!["quotas"] = new JsonArray(
            new JsonObject { ["name"] = "daily", ["scope"] = "app_person_tool", ["limit"] = 4, ["kind"] = "calendar", ["period"] = "day" },
            new JsonObject { ["name"] = "everybody", ["scope"] = "tool", ["limit"] = 6, ["kind"] = "calendar", ["period"] = "day" });
        foreach (var (name, change) in new (string, Action<JsonNode>)[]
        {
            ("bound", static tool => tool["demandsDpop"] = true), ("consent", static tool => tool["demandsConsent"] = true), ("moderated", static tool => tool["demandsModeration"] = true),
            ("silent", static tool => tool["filterHeartbeatSeconds"] = 60), ("stopped", static tool => tool["status"] = "stopped"), ("lapsed", static tool => tool["dossier"]!["datasetAuditUntil"] = "2020-01-01"), ("proven", static tool => tool["assurance"] = new JsonObject { ["level"] = "high", ["maxAgeSeconds"] = 60 }),
        })
        {
            var tool = TestRegistry.NewTool(Tool(name));
            change(tool);
            tools.Add((JsonNode)tool);
            registry["apps"]![0]!["tools"]!.AsArray().Add(Tool(name));
        }

        tools.Add((JsonNode)TestRegistry.NewTool(Tool("others")));
    });

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task It_says_what_the_token_endpoint_says()
    {
        var (good, spent) = (_world.IdToken("mei"), _world.IdToken("lin"));
        await _world.Call(spent).Units(4).GrantAsync();
        (string Why, string Token, string Tool, string Operation, int Units)[] cases =
        [
            ("granted", good, TestRegistry.Tool, "face_swap", 1), ("tool_unknown", good, "https://nowhere.test/", "face_swap", 1), ("tool_not_for_app", good, Tool("others"), "face_swap", 1),
            ("tool_stopped", good, Tool("stopped"), "face_swap", 1), ("dossier_lapsed", good, Tool("lapsed"), "face_swap", 1), ("operation_not_allowed", good, TestRegistry.Tool, "voice_clone", 1),
            ("units_out_of_range", good, TestRegistry.Tool, "face_swap", 1_000_000), ("dpop_required", good, Tool("bound"), "face_swap", 1), ("assurance_too_old", good, Tool("proven"), "face_swap", 1),
            ("assurance_too_low", _world.IdToken("low", level: "none"), Tool("proven"), "face_swap", 1), ("consent_missing", good, Tool("consent"), "face_swap", 1), ("moderation_missing", good, Tool("moderated"), "face_swap", 1), ("moderation_stale", good, Tool("silent"), "face_swap", 1),
            ("quota_exceeded", spent, TestRegistry.Tool, "face_swap", 1), ("shared_quota_exceeded", good, TestRegistry.Tool, "face_swap", 3), ("units_exceed_quota", good, TestRegistry.Tool, "face_swap", 5),
            ("token_expired", _world.IdToken("old", change: static payload => payload.Number("iat", 1_700_000_000).Number("exp", 1_700_000_600)), TestRegistry.Tool, "face_swap", 1),
            ("token_audience_wrong", _world.IdToken("mei", change: static payload => payload.Text("aud", TestRegistry.OtherClientId)), TestRegistry.Tool, "face_swap", 1), ("token_malformed", "x", TestRegistry.Tool, "face_swap", 1),
        ];
        foreach (var (why, token, tool, operation, units) in cases)
        {
            var told = await AskAsync(One, Question(token, tool, operation, units));
            told.Status.ShouldBe(200, why);
            var context = told.Json.GetProperty("context");
            told.Json.GetProperty("decision").GetBoolean().ShouldBe(why == "granted", why);
            (context.TryGetProperty("reason", out var reason) ? reason.GetString() : "granted").ShouldBe(why);

            var asked = await _world.Call(token).With("resource", tool).With("authorization_details", $$"""[{"type":"synthetic_media","operation":"{{operation}}","units":{{units}}}]""").SendAsync();
            (asked.Status == 200 ? "granted" : asked.Reason).ShouldBe(why);
            if (asked.Status != 200)
            {
                (context.GetProperty("error").GetString(), context.GetProperty("description").GetString()).ShouldBe((asked["error"], asked["error_description"]));
                (context.TryGetProperty("acr_values", out var acr) ? acr.GetString() : null).ShouldBe(asked["acr_values"]);
                context.TryGetProperty("retry_after", out _).ShouldBe(asked.Headers.ContainsKey("Retry-After"), why);
            }
        }
    }

    [Fact]
    public async Task It_does_nothing()
    {
        await _world.LogLookedAtAsync();
        await _world.Call(_world.IdToken("mei")).GrantAsync();
        await AskAsync(One, Question(_world.IdToken("mei")));
        var requests = _world.Services.GetRequiredService<AzureStorage>().Requests;
        long Written() => new[] { StorageOperation.Insert, StorageOperation.Update, StorageOperation.Delete, StorageOperation.Transaction, StorageOperation.QueuePut, StorageOperation.BlobPut }.Sum(operation => requests[operation]);
        var before = Written();
        for (var i = 0; i < 5; i++)
        {
            (await AskAsync(One, Question(_world.IdToken("mei")))).Json.GetProperty("decision").GetBoolean().ShouldBeTrue();
            (await AskAsync(One, Question(_world.IdToken($"new-{i}")))).Json.GetProperty("decision").GetBoolean().ShouldBeTrue();
            (await AskAsync(One, Question(_world.IdToken("mei"), Tool("stopped")))).Json.GetProperty("decision").GetBoolean().ShouldBeFalse();
        }

        Written().ShouldBe(before);
        (await _world.EntriesAsync(await _world.StreamOfAsync("mei"))).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted]);
        (await _world.Services.GetRequiredService<StreamNames>().FindPersonAsync(_world.IdentityIssuer, "new-0", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_person_who_is_revoked_is_denied_from_the_answer_on()
    {
        var token = _world.IdToken("mei");
        await _world.Call(token).GrantAsync();
        var desk = new DeskCall(_world);
        var order = $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"mei"}},"reason":"abuse","text":"x"}""";
        (await desk.SendAsync(HttpMethod.Post, "/v1/revocations", desk.Admin("ada"), Encoding.UTF8.GetBytes(order), ("Idempotency-Key", "k"))).ShouldBe(201);

        var told = await AskAsync(One, Question(token));
        told.Json.GetProperty("decision").GetBoolean().ShouldBeFalse();
        told.Json.GetProperty("context").GetProperty("reason").GetString().ShouldBe("person_revoked");
    }

    [Theory]
    [InlineData(null, new[] { true, false, true, false })]
    [InlineData("execute_all", new[] { true, false, true, false })]
    [InlineData("deny_on_first_deny", new[] { true, false })]
    [InlineData("permit_on_first_permit", new[] { true })]
    public async Task A_list_is_answered_as_far_as_it_is_asked_for(string? semantic, bool[] expected)
    {
        var body = Question(_world.IdToken("mei"));
        body["evaluations"] = new JsonArray(
            new JsonObject(), new JsonObject { ["resource"] = Resource(Tool("stopped")) }, new JsonObject { ["context"] = new JsonObject { ["units"] = 2 } }, new JsonObject { ["action"] = 7 });
        if (semantic is not null)
        {
            body["options"] = new JsonObject { ["evaluations_semantic"] = semantic };
        }

        var told = await AskAsync(Many, body);

        told.Status.ShouldBe(200, told.Text);
        var answers = told.Json.GetProperty("evaluations").EnumerateArray().ToList();
        answers.Select(static answer => answer.GetProperty("decision").GetBoolean()).ShouldBe(expected);
        if (expected.Length == 4)
        {
            answers[3].GetProperty("context").GetProperty("error").GetProperty("status").GetInt32().ShouldBe(400);
        }
    }

    [Fact]
    public async Task Without_a_list_many_is_one()
    {
        var body = Question(_world.IdToken("mei"));
        (await AskAsync(Many, body)).Json.GetProperty("decision").GetBoolean().ShouldBeTrue();
        body["evaluations"] = new JsonArray();
        (await AskAsync(Many, body)).Json.GetProperty("decision").GetBoolean().ShouldBeTrue();
        body.Remove("subject");
        (await AskAsync(Many, body)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task What_is_not_known_is_passed_over_and_what_is_has_to_be_what_it_must_be()
    {
        var good = Question(_world.IdToken("mei"));
        good["something"] = new JsonObject { ["else"] = 1 };
        good["subject"]!["properties"]!["department"] = "x";
        (await AskAsync(One, good)).Json.GetProperty("decision").GetBoolean().ShouldBeTrue();
        foreach (var (where, break_) in new (string, Action<JsonObject>)[]
        {
            ("subject", static body => body.Remove("subject")), ("subject", static body => body["subject"]!["properties"] = new JsonObject()), ("action", static body => body["action"] = new JsonObject()),
            ("resource", static body => body["resource"]!["type"] = "door"), ("resource", static body => body["resource"]!["id"] = new string('x', 600)), ("context", static body => body["context"] = new JsonObject { ["units"] = 0 }),
            ("context", static body => body["context"] = new JsonObject { ["consent_ids"] = "x" }),
            ("context is not an object", static body => body["context"] = "units"), ("context is not an object", static body => body["context"] = null),
            ("context/input_digest", static body => body["context"] = new JsonObject { ["input_digest"] = 7 }), ("context/moderation_receipt", static body => body["context"] = new JsonObject { ["moderation_receipt"] = "" }),
            ("context/jkt", static body => body["context"] = new JsonObject { ["jkt"] = new string('x', 257) }),
        })
        {
            var bad = Question(_world.IdToken("mei"));
            break_(bad);
            var told = await AskAsync(One, bad);
            told.Status.ShouldBe(400, told.Text);
            told.Json.GetProperty("title").GetString()!.ShouldContain(where);
        }

        var many = Question(_world.IdToken("mei"));
        many["evaluations"] = new JsonArray([.. Enumerable.Range(0, 51).Select(static _ => (JsonNode)new JsonObject())]);
        (await AskAsync(Many, many)).Status.ShouldBe(400);
        many["evaluations"] = new JsonArray(new JsonObject());
        many["options"] = new JsonObject { ["evaluations_semantic"] = "guess" };
        (await AskAsync(Many, many)).Status.ShouldBe(400);
        (await SendAsync(One, "not json"u8.ToArray())).Status.ShouldBe(400);
        (await SendAsync(One, new byte[200_000])).Status.ShouldBe(413);
        (await SendAsync(One, Encoding.UTF8.GetBytes(good.ToJsonString()), type: "text/plain")).Status.ShouldBe(415);
        (await SendAsync(One, Encoding.UTF8.GetBytes(good.ToJsonString()), authorization: TokenCall.Basic(TestRegistry.App, "wrong"))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Its_configuration_names_where_it_is_and_a_request_gets_its_id_back()
    {
        var metadata = JsonDocument.Parse(await _world.Http.GetStringAsync(new Uri(_world.Addresses[0], "/.well-known/authzen-configuration"))).RootElement;
        metadata.GetProperty("policy_decision_point").GetString().ShouldBe(GateWorld.Issuer);
        metadata.GetProperty("access_evaluation_endpoint").GetString().ShouldBe(GateWorld.Issuer + One);
        metadata.GetProperty("access_evaluations_endpoint").GetString().ShouldBe(GateWorld.Issuer + Many);
        var body = Encoding.UTF8.GetBytes(Question(_world.IdToken("mei")).ToJsonString());
        (await SendAsync(One, body, id: "bfe9eb29-ab87-4ca3-be83-a1d5d8305716")).RequestId.ShouldBe("bfe9eb29-ab87-4ca3-be83-a1d5d8305716");
        (await SendAsync(One, "{}"u8.ToArray(), id: "again")).RequestId.ShouldBe("again");
        (await SendAsync(One, body, id: "not one")).RequestId.ShouldBeNull();
    }

    private static string Tool(string name) => $"https://tools.example/{name}";

    private static JsonObject Resource(string tool) => new() { ["type"] = "tool", ["id"] = tool };

    private static JsonObject Question(string token, string tool = TestRegistry.Tool, string operation = "face_swap", int units = 1) => new()
    {
        ["subject"] = new JsonObject { ["type"] = "user", ["id"] = "whoever", ["properties"] = new JsonObject { ["id_token"] = token } },
        ["action"] = new JsonObject { ["name"] = operation },
        ["resource"] = Resource(tool),
        ["context"] = new JsonObject { ["units"] = units },
    };

    private Task<Answer> AskAsync(string path, JsonObject body) => SendAsync(path, Encoding.UTF8.GetBytes(body.ToJsonString()));

    private async Task<Answer> SendAsync(string path, byte[] body, string type = "application/json", AuthenticationHeaderValue? authorization = null, string? id = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_world.Addresses[0], path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(type);
        request.Headers.Authorization = authorization ?? TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);
        if (id is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Request-ID", id);
        }

        using var response = await _world.Http.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.TryGetValues("X-Request-ID", out var ids) ? ids.Single() : null);
    }

    private sealed record Answer(int Status, string Text, string? RequestId)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;
    }
}
