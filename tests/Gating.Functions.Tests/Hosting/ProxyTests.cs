using System.Net;
using System.Text.Json;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing.Jose;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>HTTP through the host's proxy: one trap of the contract each.</summary>
[Collection(HostedGates.Name)]
public sealed class ProxyTests(HostedGate gate)
{
    [Fact]
    public async Task A_replaced_host_field_breaks_no_proof_of_possession()
    {
        var key = TestKey.Ec("dpop");
        var proof = key.Token(
            $$$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{{key.Jwk()}}}}""",
            $$"""{"htm":"POST","htu":"{{GateWorld.Issuer}}/oauth2/token","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"jti":"{{Guid.NewGuid()}}"}""");
        var answer = await gate.Call(gate.World.IdToken("bound")).Header("DPoP", proof).SendAsync();
        (answer.Status, answer["token_type"]).ShouldBe((200, "DPoP"), answer.Body);
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    [InlineData("Forwarded", "host=evil.example;proto=http")]
    [InlineData("Host", "evil.example")]
    public async Task A_spoofed_X_Forwarded_field_decides_no_address(string field, string value)
    {
        using var request = Get("/.well-known/oauth-authorization-server");
        request.Headers.TryAddWithoutValidation(field, value);
        using var answer = await gate.World.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var said = await answer.Content.ReadAsStringAsync();
        said.ShouldNotContain("evil");
        using var metadata = JsonDocument.Parse(said);
        metadata.RootElement.GetProperty("issuer").GetString().ShouldBe(GateWorld.Issuer);
        metadata.RootElement.GetProperty("token_endpoint").GetString().ShouldBe(GateWorld.Issuer + "/oauth2/token");
    }

    [Theory]
    [InlineData("/log%2Fcheckpoint")]
    [InlineData("/log/tile/0/x001%2F000")]
    [InlineData("/log/tile/0/x001%252F000")]
    [InlineData("/log/tile%2F0/000")]
    public async Task An_escaped_path_is_no_second_name_of_anything(string path) => (await StatusAsync(HttpMethod.Get, path)).ShouldBe(404);

    [Theory]
    [InlineData("POST", "/trace")]
    [InlineData("POST", "/TRACE-poison")]
    [InlineData("POST", "/log-sweep")]
    [InlineData("POST", "//trace")]
    [InlineData("POST", "/log/../trace")]
    [InlineData("POST", "/admin/functions/trace")]
    [InlineData("GET", "/")]
    public async Task A_forged_invocation_path_is_unknown_to_the_host(string method, string path) => (await StatusAsync(new(method), path)).ShouldBe(404);

    [Theory]
    [InlineData("HEAD", "/healthz")]
    [InlineData("DELETE", "/healthz")]
    [InlineData("OPTIONS", "/oauth2/token")]
    [InlineData("GET", "/oauth2/token")]
    public async Task HEAD_and_every_other_method_that_is_not_listed_is_404(string method, string path) => (await StatusAsync(new(method), path)).ShouldBe(404);

    [Fact]
    public async Task No_answer_is_3xx_since_the_host_would_pass_it_on_with_its_own_address()
    {
        foreach (var function in gate.Host.Functions.Where(static function => function.IsHttp))
        {
            foreach (var method in function.Methods)
            {
                foreach (var ending in new[] { string.Empty, "/" })
                {
                    var path = "/" + string.Join('/', function.Route.Split('/').Select(static segment => segment.Replace("{id}", "x", StringComparison.Ordinal).Replace('{', 'x').Replace('}', 'x')));
                    (await StatusAsync(new(method), path + ending)).ShouldNotBeInRange(300, 399, $"{method} {path}{ending}");
                }
            }
        }
    }

    [Fact]
    public async Task A_chunked_body_is_read_like_any_other()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate.Host.Address, "/oauth2/introspect")) { Content = new FormUrlEncodedContent([new("token", "none")]) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);
        using var answer = await gate.World.Http.SendAsync(request);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"active":false}""");
    }

    [Fact]
    public async Task A_body_beyond_the_hosts_limit_is_500_from_the_host_and_never_reaches_the_gate()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(gate.Host.Address, "/v1/generations/x/outputs/1")) { Content = new ByteArrayContent(new byte[104_857_601]) };
        request.Headers.ExpectContinue = true;
        using var answer = await gate.World.Http.SendAsync(request);
        ((int)answer.StatusCode, answer.Headers.ConnectionClose).ShouldBe((500, true));
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_in_the_query_and_in_fields_are_not_logged()
    {
        var key = Guid.NewGuid().ToString("N");
        foreach (var path in new[] { "/healthz", "/oauth2/token", "/readyz", "/v1/receipts/x" })
        {
            using var request = Get($"{path}?code={key}");
            request.Headers.Add("x-functions-key", key);
            using var answer = await gate.World.Http.SendAsync(request);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain(key);
        }

        gate.Host.Handler.Said.ShouldNotContain(key);
    }

    [Fact]
    public async Task A_spoofed_X_Forwarded_For_buys_no_second_allowance()
    {
        await using var host = await ContractHost.StartAsync(gate.Folder, new Dictionary<string, string?>(gate.Environment, StringComparer.Ordinal) { ["Gating__IdentifyPerMinute"] = "2" });
        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/v1/identify")) { Content = new ByteArrayContent([1, 2, 3]) };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"192.0.2.{i}");
            using var answer = await gate.World.Http.SendAsync(request);
            statuses.Add((int)answer.StatusCode);
        }

        statuses[..2].ShouldAllBe(static status => status != 429);
        statuses[2].ShouldBe(429);
    }

    [Fact]
    public async Task A_crash_sends_the_request_again_and_it_has_one_effect()
    {
        await using var tables = await FaultProxy.StartAsync(gate.Azurite.Table);
        await using var host = await ContractHost.StartAsync(
            gate.Folder, new Dictionary<string, string?>(gate.Environment, StringComparer.Ordinal) { ["Gating__Storage__TableServiceUri"] = tables.Address.AbsoluteUri });
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        tables.Choose((request, _) => request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal) && committed.TrySetResult() ? WireFault.Hang : WireFault.None);

        var answering = new TokenCall(gate.World.Http, host.Address, gate.World.IdToken("crashed")).Key("crash-1").SendAsync();
        await committed.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await host.Handler.KillAsync();

        var answer = await answering;
        answer.Status.ShouldBe(200, answer.Body);
        answer.Headers["Idempotency-Replayed"].ShouldBe("true");
        host.Handler.Starts.ShouldBe(2);
        var stream = await gate.World.StreamOfAsync("crashed");
        (await gate.World.EntriesAsync(stream)).Count(static entry => entry.Kind is EntryKind.Granted).ShouldBe(1);
        await gate.World.ShouldBeSoundAsync(stream);
    }

    private HttpRequestMessage Get(string path) => new(HttpMethod.Get, new Uri(gate.Host.Address, path));

    private async Task<int> StatusAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(gate.Host.Address + path.TrimStart(' ')[1..], new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await gate.World.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
