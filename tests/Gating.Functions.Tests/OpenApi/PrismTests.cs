using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Local.Processes;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>A live gate behind Prism, a contract tester of other people's: what a good caller does passes in both directions, and what the document forbids the gate refuses, with an answer that the document has.</summary>
public sealed class PrismTests(ITestOutputHelper output) : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private NodeProcess _prism = null!;
    private Uri _address = null!;
    private Violations _seen = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]!.AsArray()[0]!["labelling"] = TestRegistry.NewLabelling();
            registry["tools"]![0]!["filterHeartbeatSeconds"] = 600;
        });
        _desk = new(_world);
        (_prism, _address) = await OtherReaders.StartPrismAsync(_world.Addresses[0]);
        _seen = new();
        _http = new(_seen);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _prism.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task What_a_good_caller_does_passes_in_both_directions()
    {
        var studio = new StudioCall(_http, _address);
        (await SendAsync("POST", "/v1/filter-heartbeats", TokenCall.Basic(TestRegistry.App, TestRegistry.Secret), $$"""{"tool":"{{TestRegistry.Tool}}","rules":"2026-11"}""")).ShouldBe(200);
        var granted = await new TokenCall(_http, _address, _world.IdToken("mei")).SendAsync();
        var begun = await studio.BeginAsync(granted.Grant);
        begun.Status.ShouldBe(201);
        var (app, ada, rita) = (TokenCall.Basic(TestRegistry.App, TestRegistry.Secret), Bearer(_desk.Admin("ada")), Bearer(_desk.Regulator("rita")));
        var mandate = await _desk.MandateAsync("rita");
        var put = await new StudioCall(_world.Http, _world.Addresses[0]).PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(3));

        (await SendAsync("GET", "/.well-known/oauth-authorization-server")).ShouldBe(200);
        (await SendAsync("GET", "/jwks")).ShouldBe(200);
        (await SendAsync("GET", "/healthz")).ShouldBe(200);
        (await SendAsync("GET", "/readyz")).ShouldBe(200);
        (await SendAsync("GET", $"/v1/receipts/{granted.GrantId}", app)).ShouldBe(202);
        (await SendAsync("GET", $"/v1/trace/entries?mandate={mandate}&content_id={put.Text("content_id")}", rita)).ShouldBe(200);
        (await SendAsync("POST", "/v1/consents", app, $$"""{"subject_token":"{{_world.IdToken("lin")}}","purpose":"A film","expires":"{{TestRegistry.Date(9)}}T00:00:00Z"}""")).ShouldBe(201);
        (await SendAsync("POST", "/v1/revocations", ada, $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"mei"}},"reason":"abuse","text":"Case 7"}""", ("Idempotency-Key", "k1"))).ShouldBe(201);
        (await SendAsync("GET", "/v1/revocations", ada)).ShouldBe(200);
        (await SendAsync("POST", "/v1/appeals", app, $$"""{"subject_token":"{{_world.IdToken("mei")}}","text":"It was not me."}""")).ShouldBe(201);
        (await SendAsync("GET", "/v1/appeal-cases", ada)).ShouldBe(200);
        foreach (var kind in new[] { "apps", "tools", "issuers", "moderators", "policies", "changes" })
        {
            (await SendAsync("GET", $"/v1/{kind}", ada)).ShouldBe(200);
        }

        (await new TokenCall(_http, _address, _world.IdToken("mei")).SendAsync()).Status.ShouldBe(400);
        output.WriteLine($"{_seen.Exchanges} exchanges");
        _seen.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_document_forbids_the_gate_refuses_with_an_answer_that_the_document_has()
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(DocumentBuilder.File))!;
        var (sent, wrong) = (0, new List<string>());
        foreach (var operation in Contract.Committed.Operations)
        {
            var content = document["paths"]![operation.Path]![operation.Method.ToLowerInvariant()]!["requestBody"]?["content"]?["application/json"];
            if (content?["example"] is not JsonObject example)
            {
                continue;
            }

            foreach (var (what, body) in Forbidden(example))
            {
                if (operation.FaultOfRequest("application/json", Encoding.UTF8.GetBytes(body)) is null)
                {
                    continue;
                }

                _seen.All.Clear();
                var path = operation.Path.Replace("{n}", "1", StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal);
                var status = await SendAsync(operation.Method, path, Credentials(operation), body, operation.Method is "PUT" ? ("If-Match", "\"x\"") : ("Idempotency-Key", "k2"));
                sent++;
                if (status is < 400 or >= 500 || _seen.All.Any(static said => !said.StartsWith("request", StringComparison.Ordinal)) || _seen.All.Count == 0)
                {
                    wrong.Add($"{operation.Method} {operation.Path} {what}: {status}; {string.Join("; ", _seen.All)}");
                }
            }
        }

        output.WriteLine($"{sent} requests that the document forbids");
        wrong.ShouldBeEmpty();
        sent.ShouldBeGreaterThan(100);
    }

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    /// <summary>The example without each of its members, with each of another type, with one more, and what is no object.</summary>
    private static IEnumerable<(string What, string Body)> Forbidden(JsonObject example)
    {
        yield return ("is no object", "[]");
        yield return ("with one member more", With(example, static json => json["undescribed"] = 1));
        foreach (var name in example.Select(static member => member.Key).ToList())
        {
            yield return ($"without {name}", With(example, json => json.Remove(name)));
            yield return ($"with another {name}", With(example, json => json[name] = json[name] is JsonValue value && value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? 1 : true));
        }
    }

    private static string With(JsonObject example, Action<JsonObject> change)
    {
        var changed = example.DeepClone().AsObject();
        change(changed);
        return changed.ToJsonString();
    }

    private AuthenticationHeaderValue? Credentials(ContractOperation operation) => operation.Security.FirstOrDefault()?.AsObject().FirstOrDefault() switch
    {
        { Key: "desk" } => Bearer(operation.Roles.Contains("admin") ? _desk.Admin("ada") : _desk.Regulator("rita")),
        { Key: "appSecret" } => TokenCall.Basic(TestRegistry.App, TestRegistry.Secret),
        { Key: "grant" } => Bearer("eyJhbGciOiJFUzI1NiJ9.e30.c2ln"),
        _ => null,
    };

    private async Task<int> SendAsync(string method, string path, AuthenticationHeaderValue? credentials = null, string? json = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new(method), new Uri(_address, path));
        request.Headers.Authorization = credentials;
        request.Content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json"));
        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode;
    }

    /// <summary>What Prism says of each exchange, a line for each thing that is wrong with it.</summary>
    private sealed class Violations() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Exchanges { get; private set; }

        public List<string> All { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            Exchanges++;
            if (response.Headers.TryGetValues("sl-violations", out var said))
            {
                using var json = JsonDocument.Parse(said.Single());
                All.AddRange(json.RootElement.EnumerateArray().Select(one =>
                    $"{string.Join('.', one.GetProperty("location").EnumerateArray().Select(static part => part.ToString()))}: {one.GetProperty("message").GetString()} ({request.Method} {request.RequestUri!.AbsolutePath} {(int)response.StatusCode})"));
            }

            return response;
        }
    }
}
