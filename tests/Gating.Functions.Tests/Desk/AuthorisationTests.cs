using System.Net.Http.Headers;
using System.Text;
using Gating.Functions.Tests.World;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.Desk;

/// <summary>Everybody at every route and method that the gate has: what is not listed here is refused, and a route that is not listed fails.</summary>
public sealed class AuthorisationTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Anyone = "anyone";

    /// <summary>Who is let in, by route and method, as the table of the running gate names them.</summary>
    internal static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        // These find out who calls by what is in the request; their own tests are TokenEndpointTests, RefusalTableTests, IntrospectionTests and IdentifyTests.
        ["POST /oauth2/token"] = [Anyone],
        ["POST /oauth2/introspect"] = [Anyone],
        ["POST /oauth2/revoke"] = [Anyone],
        ["POST /v1/identify"] = [Anyone],
        ["GET /jwks"] = [Anyone],
        ["GET /.well-known/authzen-configuration"] = [Anyone],
        ["GET /.well-known/security.txt"] = [Anyone],
        ["GET /openapi.json"] = [Anyone],
        ["POST /access/v1/evaluation"] = ["app", "another app"],
        ["POST /access/v1/evaluations"] = ["app", "another app"],
        ["GET /statuslists"] = [Anyone],
        ["GET /statuslists/{id}"] = [Anyone],
        ["GET /.well-known/oauth-authorization-server"] = [Anyone],
        ["GET /healthz"] = [Anyone],
        ["GET /readyz"] = [Anyone],
        ["GET /log/checkpoint"] = [Anyone],
        ["GET /log/vkeys"] = [Anyone],
        ["GET /log/tile/{level}/{a}"] = [Anyone],
        ["GET /log/tile/{level}/{a}/{b}"] = [Anyone],
        ["GET /log/tile/{level}/{a}/{b}/{c}"] = [Anyone],
        ["GET /log/tile/{level}/{a}/{b}/{c}/{d}"] = [Anyone],
        ["GET /log/tile/{level}/{a}/{b}/{c}/{d}/{e}"] = [Anyone],
        ["GET /log/tile/{level}/{a}/{b}/{c}/{d}/{e}/{f}"] = [Anyone],
        ["GET /log/tile/{level}/{a}/{b}/{c}/{d}/{e}/{f}/{g}"] = [Anyone],
        ["POST /v1/generations"] = ["grant"],
        ["POST /v1/generations/{id}/report"] = ["app"],
        ["PUT /v1/generations/{id}/outputs/{n}"] = ["app"],
        ["GET /v1/generations/{id}/outputs/{n}"] = ["app"],
        ["POST /v1/generations/{id}/outputs/{n}/upload"] = ["app"],
        ["POST /v1/generations/{id}/outputs/{n}/uploaded"] = ["app"],
        ["GET /v1/outputs/{contentId}"] = ["app"],
        ["POST /v1/outputs/{contentId}/release-unlabelled"] = [],
        ["GET /v1/receipts/{entry}"] = ["app"],
        ["GET /v1/receipts/{entry}/{later}"] = ["app"],
        ["POST /v1/consents"] = ["app", "another app"],
        ["GET /v1/consents/{id}"] = ["app"],
        ["POST /v1/consents/{id}/withdraw"] = ["app", "another app"],
        ["GET /v1/consents/{id}/outputs"] = ["app"],
        ["POST /v1/appeals"] = ["app", "another app"],
        ["GET /v1/appeals/{id}"] = ["app"],
        ["POST /v1/filter-heartbeats"] = ["app", "another app"],
        ["GET /v1/appeal-cases"] = ["admin", "weak admin"],
        ["GET /v1/appeal-cases/{id}"] = ["admin", "weak admin"],
        ["POST /v1/appeal-cases/{id}/decide"] = ["admin"],
        ["POST /v1/mandates"] = ["admin"],
        ["GET /v1/mandates/{id}"] = ["admin", "weak admin", "regulator", "weak regulator"],
        ["POST /v1/mandates/{id}/approve"] = ["admin"],
        ["POST /v1/mandates/{id}/decline"] = ["admin"],
        ["POST /v1/mandates/{id}/withdraw"] = ["admin"],
        ["GET /v1/trace/entries"] = ["regulator", "weak regulator"],
        ["POST /v1/trace/files"] = ["regulator", "weak regulator"],
        ["POST /v1/trace/bundles"] = ["regulator", "weak regulator"],
        ["GET /v1/people/{id}"] = ["admin", "weak admin"],
        ["POST /v1/people/{id}:erase"] = ["admin"],
        ["POST /v1/unmask"] = ["regulator"],
        ["GET /v1/unmask/{id}"] = ["admin", "weak admin"],
        ["POST /v1/unmask/{id}/approve"] = ["admin"],
        ["POST /v1/unmask/{id}/decline"] = ["admin"],
        ["POST /v1/unmask/{id}/tell"] = ["regulator"],
        ["POST /v1/revocations"] = ["admin", "weak admin"],
        ["GET /v1/revocations"] = ["admin", "weak admin"],
        ["GET /v1/revocations/{id}"] = ["admin", "weak admin"],
        ["DELETE /v1/revocations/{id}"] = ["admin", "weak admin"],
        ["POST /v1/bulk-revocations"] = ["admin"],
        ["GET /v1/bulk-revocations"] = ["admin", "weak admin"],
        ["GET /v1/bulk-revocations/{id}"] = ["admin", "weak admin"],
        ["POST /v1/bulk-revocations/{id}/approve"] = ["admin"],
        ["POST /v1/bulk-revocations/{id}/decline"] = ["admin"],
        ["GET /.well-known/ssf-configuration"] = [Anyone],
        ["GET /ssf/jwks"] = [Anyone],
        ["POST /ssf/streams"] = ["app", "another app"],
        ["GET /ssf/streams"] = ["app", "another app"],
        ["PATCH /ssf/streams"] = ["app", "another app"],
        ["PUT /ssf/streams"] = ["app", "another app"],
        ["DELETE /ssf/streams"] = ["app", "another app"],
        ["GET /ssf/status"] = ["app", "another app"],
        ["POST /ssf/status"] = ["app", "another app"],
        ["POST /ssf/verify"] = ["app", "another app"],
        ["POST /ssf/poll"] = ["app", "another app"],
        ["POST /ssf/events"] = [Anyone],
        ["GET /v1/apps"] = ["admin", "weak admin"],
        ["GET /v1/apps/{id}"] = ["admin", "weak admin"],
        ["PUT /v1/apps/{id}"] = ["admin"],
        ["DELETE /v1/apps/{id}"] = ["admin"],
        ["GET /v1/apps/{id}/secrets"] = ["admin", "weak admin"],
        ["POST /v1/apps/{id}/secrets"] = ["admin"],
        ["DELETE /v1/apps/{id}/secrets/{fingerprint}"] = ["admin"],
        ["GET /v1/tools"] = ["admin", "weak admin"],
        ["GET /v1/tools/{id}"] = ["admin", "weak admin"],
        ["PUT /v1/tools/{id}"] = ["admin"],
        ["DELETE /v1/tools/{id}"] = ["admin"],
        ["POST /v1/tools/{id}/replay"] = ["admin", "weak admin"],
        ["GET /v1/issuers"] = ["admin", "weak admin"],
        ["GET /v1/issuers/{id}"] = ["admin", "weak admin"],
        ["PUT /v1/issuers/{id}"] = ["admin"],
        ["DELETE /v1/issuers/{id}"] = ["admin"],
        ["GET /v1/moderators"] = ["admin", "weak admin"],
        ["GET /v1/moderators/{id}"] = ["admin", "weak admin"],
        ["PUT /v1/moderators/{id}"] = ["admin"],
        ["DELETE /v1/moderators/{id}"] = ["admin"],
        ["GET /v1/policies"] = ["admin", "weak admin"],
        ["GET /v1/policies/{id}"] = ["admin", "weak admin"],
        ["PUT /v1/policies/{id}"] = ["admin"],
        ["POST /v1/policies/{id}/replay"] = ["admin", "weak admin"],
        ["GET /v1/changes"] = ["admin", "weak admin"],
        ["GET /v1/changes/{id}"] = ["admin", "weak admin"],
        ["POST /v1/changes/{id}/approve"] = ["admin"],
        ["POST /v1/changes/{id}/decline"] = ["admin"],
    };

    private static readonly Dictionary<string, string> MadeUp = new(StringComparer.Ordinal)
    {
        ["jti"] = new('A', 70), ["generation"] = new('A', 70), ["content"] = new('0', 32), ["mandate"] = "m999", ["request"] = "u999", ["person"] = new('A', 60), ["upload"] = new('A', 70), ["revocation"] = "r999", ["change"] = "c999", ["bulk"] = "b999", ["appeal"] = new('A', 71), ["case"] = "a999", ["consent"] = new('A', 71),
    };

    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]!.AsArray()[0]!["labelling"] = TestRegistry.NewLabelling();
        });
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Who_is_not_listed_is_refused_everywhere()
    {
        var routes = Routes();
        routes.Except(Allowed.Keys).ShouldBeEmpty("a route is served that nobody said who may use");
        Allowed.Keys.Except(routes).ShouldBeEmpty("a route is listed that is not served");

        var (values, madeUp) = (await ValuesAsync(), MadeUp);
        var (cells, wrong) = (0, new List<string>());

        // Withdrawn last of all: the others want the mandate.
        foreach (var route in routes.OrderBy(static route => route.EndsWith("withdraw", StringComparison.Ordinal)).ThenBy(static route => route, StringComparer.Ordinal))
        {
            foreach (var (caller, credentials) in await CallersAsync())
            {
                var status = await SendAsync(route, values, credentials);
                var isLetIn = Allowed[route] is [Anyone] || Allowed[route].Contains(caller);

                // To whom it is not, a thing that is there is the same as one that nobody ever made.
                var isRefused = caller is "nobody" ? status is 401
                    : status is 401 or 403 or 404 || (status is 400 && caller.StartsWith("another", StringComparison.Ordinal) && await SendAsync(route, madeUp, credentials) is 400);
                cells++;
                if (isLetIn ? status is 401 or 403 : !isRefused)
                {
                    wrong.Add($"{caller} at {route}: {status}, and {(isLetIn ? "should be let in" : "should be refused")}");
                }
            }
        }

        output.WriteLine($"{routes.Count} routes and methods, {cells} cells");
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_method_that_no_route_has_is_refused()
    {
        var values = await ValuesAsync();
        var routes = Routes();
        foreach (var path in routes.Select(static route => route.Split(' ')[1]).Distinct(StringComparer.Ordinal))
        {
            foreach (var method in new[] { "DELETE", "PATCH", "TRACE" }.Where(method => !routes.Contains($"{method} {path}")))
            {
                (await SendAsync($"{method} {path}", values, new("Bearer", _desk.Admin("ada")))).ShouldBeOneOf(404, 405);
            }
        }
    }

    [Theory]
    [InlineData("GET", "/v1/trace/entries?content_id={content}")]
    [InlineData("POST", "/v1/trace/files")]
    public async Task A_regulator_gets_answers_under_a_mandate_that_holds_and_no_other(string method, string path)
    {
        var values = await ValuesAsync();
        var address = path.Replace("{content}", values["content"], StringComparison.Ordinal);
        var file = (await new StudioCall(_world.Http, _world.Addresses[0]).GetAsync($"/v1/outputs/{values["content"]}")).Bytes;

        async Task<int> AskAsync(string? mandate)
        {
            var query = mandate is null ? address : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}mandate={mandate}";
            var answer = await _desk.SendAsync(new(method), query, _desk.Regulator("rita"), method is "POST" ? file : null);
            return answer.Status is 200 && answer.Json.GetProperty("entries").GetArrayLength() == 0 ? 204 : answer.Status;
        }

        (await AskAsync(await _desk.MandateAsync("rita"))).ShouldBe(200);
        (await AskAsync(null)).ShouldBe(400);
        (await AskAsync("m999")).ShouldBe(404);
        (await AskAsync(await _desk.MandateAsync("rob"))).ShouldBe(404);
        (await AskAsync(await ExpiredAsync("rita"))).ShouldBe(403);

        // Nothing of it is told where all of it lies outside.
        (await AskAsync(await _desk.MandateAsync("rita", limits: $"\"apps\":[\"{TestRegistry.OtherApp}\"],"))).ShouldBe(204);
    }

    private async Task<string> ExpiredAsync(string regulator)
    {
        var proposed = await _desk.PostAsync("/v1/mandates", _desk.Admin("ada"), _desk.Proposal(regulator, expires: DateTimeOffset.UtcNow.AddSeconds(4)));
        var mandate = proposed.Text("mandate");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("ben"))).ShouldBe(200);
        await Task.Delay(TimeSpan.FromSeconds(4));
        return mandate;
    }

    private HashSet<string> Routes() => [.. _world.Routes];

    /// <summary>Fresh tokens and a fresh grant: each serves one request.</summary>
    private async Task<(string Name, AuthenticationHeaderValue? Credentials)[]> CallersAsync()
    {
        static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);
        return
        [
            ("nobody", null),
            ("app", TokenCall.Basic(TestRegistry.App, TestRegistry.Secret)),
            ("another app", TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret)),
            ("person", Bearer(_world.IdToken("mei"))),
            ("person with a role's claim in a token for an app", Bearer(_world.IdToken("mei", change: static payload => payload.Set("roles", "[\"gating.admin\",\"gating.regulator\"]").Text("acr", DeskCall.StrongAcr).Number("auth_time", DateTimeOffset.UtcNow.ToUnixTimeSeconds())))),
            ("grant", Bearer((await _world.Call(_world.IdToken("mei")).GrantAsync()))),
            ("nobody's role", Bearer(_desk.Token("kim", "gating.visitor"))),
            ("regulator", Bearer(_desk.Regulator("rita"))),
            ("another regulator", Bearer(_desk.Regulator("rob"))),
            ("weak regulator", Bearer(_desk.Regulator("rita", static payload => payload.Drop("acr")))),
            ("admin", Bearer(_desk.Admin("cid"))),
            ("weak admin", Bearer(_desk.Admin("cid", static payload => payload.Drop("auth_time")))),
        ];
    }

    /// <summary>Real things at every place of a path, so that a 404 is about who asks.</summary>
    private async Task<Dictionary<string, string>> ValuesAsync()
    {
        var studio = new StudioCall(_world.Http, _world.Addresses[0]);
        var granted = await _world.Call(_world.IdToken("mei")).SendAsync();
        var begun = await studio.BeginAsync(granted.Grant);
        var put = await studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(3));
        var mandate = await _desk.MandateAsync("rita");
        var person = _world.Services.GetRequiredService<Access.DeskHandles>().OfPerson(new(_world.IdentityIssuer, "rita", null), await _world.StreamOfAsync("mei"));
        var request = await _desk.PostAsync("/v1/unmask", _desk.Regulator("rita"), $$"""{"mandate":"{{mandate}}","person":"{{person}}","reason":"x"}""");
        return new(StringComparer.Ordinal)
        {
            ["jti"] = granted.GrantId, ["generation"] = begun.Text("id"), ["content"] = put.Text("content_id"), ["mandate"] = mandate, ["request"] = request.Text("request"),
            ["person"] = person, ["upload"] = new('A', 70), ["revocation"] = await RevokedAsync(), ["bulk"] = await BulkAsync(), ["appeal"] = await AppealAsync(studio), ["case"] = await CaseAsync(),
            ["change"] = await ChangeAsync(), ["consent"] = await ConsentAsync(studio),
        };
    }

    /// <summary>Of somebody else, so that the others' grants are good.</summary>
    private async Task<string> RevokedAsync()
    {
        (await _world.Call(_world.IdToken("bo")).SendAsync()).Status.ShouldBe(200);
        var order = $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"bo"}},"reason":"abuse","text":"x"}""";
        return (await _desk.SendAsync(HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"), Encoding.UTF8.GetBytes(order), ("Idempotency-Key", "k"))).Text("revocation");
    }

    /// <summary>One that waits for another admin.</summary>
    private async Task<string> BulkAsync() => (await _desk.PostAsync("/v1/bulk-revocations", _desk.Admin("ada"), $$"""{"csv":"issuer,subject\n{{_world.IdentityIssuer}},bo","reason":"abuse","text":"x"}""")).Text("bulk_revocation");

    /// <summary>Of whom was stopped.</summary>
    private async Task<string> AppealAsync(StudioCall studio) => (await studio.PostAsync("/v1/appeals", $$"""{"subject_token":"{{_world.IdToken("bo")}}","text":"x"}""")).Text("appeal");

    private async Task<string> CaseAsync() => (await _desk.GetAsync("/v1/appeal-cases", _desk.Admin("ada"))).Json.GetProperty("appeal_cases")[0].GetProperty("appeal_case").GetString()!;

    /// <summary>For the app that it was given through alone.</summary>
    private async Task<string> ConsentAsync(StudioCall studio) => (await studio.PostAsync(
        "/v1/consents", $$"""{"subject_token":"{{_world.IdToken("lin")}}","apps":["{{TestRegistry.App}}"],"purpose":"x","expires":"{{TestRegistry.Date(9)}}T00:00:00Z"}""")).Text("consent");

    /// <summary>One that waits for another admin, of a name that nobody here looks at.</summary>
    private async Task<string> ChangeAsync()
    {
        var path = $"/v1/tools/{Uri.EscapeDataString(TestRegistry.Tool)}";
        var tool = System.Text.Json.Nodes.JsonNode.Parse((await _desk.GetAsync(path, _desk.Admin("ada"))).Body)!;
        tool["name"] = "another name";
        var answer = await _desk.SendAsync(HttpMethod.Put, path, _desk.Admin("ada"), Encoding.UTF8.GetBytes(tool.ToJsonString()), ("If-Match", (await _desk.GetAsync(path, _desk.Admin("ada"))).Tag!));
        answer.ShouldBe(202);
        return answer.Text("change");
    }

    /// <summary>Something of that name under each path; nothing of them is changed, for what is sent names another state.</summary>
    private static string NameOf(string path, Dictionary<string, string> values) => path.Split('/').ElementAtOrDefault(2) switch
    {
        "mandates" => values["mandate"],
        "unmask" => values["request"],
        "revocations" => values["revocation"],
        "bulk-revocations" => values["bulk"],
        "appeals" => values["appeal"],
        "appeal-cases" => values["case"],
        "changes" => values["change"],
        "consents" => values["consent"],
        "apps" => TestRegistry.OtherApp,
        "tools" => Uri.EscapeDataString(TestRegistry.Tool),
        "policies" => "default",
        _ => values["generation"],
    };

    private async Task<int> SendAsync(string route, Dictionary<string, string> values, AuthenticationHeaderValue? credentials)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        path = path.Replace("{n}", "1", StringComparison.Ordinal).Replace("{contentId}", values["content"], StringComparison.Ordinal).Replace("{entry}", values["jti"], StringComparison.Ordinal)
            .Replace("{later}", "report", StringComparison.Ordinal).Replace("{**path}", "0/000.p/1", StringComparison.Ordinal)
            .Replace("{fingerprint}", "000000000000", StringComparison.Ordinal)
            .Replace("{id}", NameOf(path, values), StringComparison.Ordinal);
        var query = path.StartsWith("/v1/trace", StringComparison.Ordinal) ? $"?mandate={values["mandate"]}{(method is "GET" || path.EndsWith("bundles", StringComparison.Ordinal) ? $"&content_id={values["content"]}" : "")}" : "";
        using var request = new HttpRequestMessage(new(method), new Uri(_world.Addresses[0], path + query));
        request.Headers.Authorization = credentials;
        if (method is "PUT" or "POST" or "DELETE" && path.Split('/').ElementAtOrDefault(2) is "apps" or "tools" or "issuers" or "moderators" or "policies")
        {
            request.Headers.Add("If-Match", "\"of another state\"");
        }

        if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(route switch
            {
                "POST /v1/generations/{id}/report" => """{"status":"finished","units":1}""",
                "POST /v1/generations/{id}/outputs/{n}/uploaded" => $$"""{"upload":"{{values["upload"]}}"}""",
                "POST /v1/unmask" => $$"""{"mandate":"{{values["mandate"]}}","person":"{{values["person"]}}","reason":"x"}""",
                _ => "{}",
            }));
        }

        using var response = await _world.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
