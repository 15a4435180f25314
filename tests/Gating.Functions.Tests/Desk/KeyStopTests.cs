using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Identity.Jose;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>An admin stops a key by its thumbprint: whoever has it, nothing is proven by it on any instance from the answer on.</summary>
public sealed class KeyStopTests : IAsyncLifetime
{
    private readonly TestKey _app = TestKey.Ec("app-1");
    private readonly TestKey _proof = TestKey.Ec("proof");

    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: registry =>
        {
            DeskCall.Trust(registry);
            registry["apps"]![0]!["jwks"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(_app.Jwk(static jwk => jwk.Text("alg", "ES256")))) };
        });
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task The_key_of_an_issuer_proves_nobody_and_its_others_still_do()
    {
        await ShouldBeAsync("token_key_stopped", _world.OtherKey, () => _world.IdToken("mei", key: _world.OtherKey), static (_, call) => call);
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_key_of_an_app_authenticates_nobody_and_its_secret_still_does()
    {
        await ShouldBeAsync("client_not_authenticated", _app, () => _world.IdToken("lin"), (_, call) => call
            .As(null).With("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer").With("client_assertion", Assertion()));
        (await _world.Call(_world.IdToken("lin")).SendAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_key_of_a_proof_gets_no_grant_redeems_none_and_what_is_bound_to_it_is_inactive()
    {
        var bound = await _world.Call(_world.IdToken("bo")).Header("DPoP", Proof("/oauth2/token")).GrantAsync();
        var grants = new GrantCall(_world, instance: 1);
        (await grants.IntrospectAsync(bound)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        await ShouldBeAsync("key_stopped", _proof, () => _world.IdToken("bo"), (_, call) => call.Header("DPoP", Proof("/oauth2/token")), async () =>
        {
            (await grants.IntrospectAsync(bound)).Json.GetProperty("active").GetBoolean().ShouldBeFalse();
            var refused = await new StudioCall(_world.Http, _world.Addresses[1]).BeginAsync(bound, scheme: "DPoP", proof: Proof("/v1/generations", bound));
            (refused.Status, refused.Text("reason")).ShouldBe((403, "key_stopped"));
        });
        (await new StudioCall(_world.Http, _world.Addresses[1]).BeginAsync(bound, scheme: "DPoP", proof: Proof("/v1/generations", bound))).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("")]
    [InlineData("k1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    public async Task What_is_no_thumbprint_is_told(string text)
    {
        var refused = await StopAsync(text);
        refused.ShouldBe(400, "revocation_malformed");
        refused.Json.GetProperty("errors")[0].GetProperty("at").GetString().ShouldBe("/subject/key");
    }

    private async Task ShouldBeAsync(string reason, TestKey key, Func<string> token, Func<int, TokenCall, TokenCall> change, Func<Task>? whileStopped = null)
    {
        (await change(0, _world.Call(token())).SendAsync()).Status.ShouldBe(200);
        using var jwk = JsonDocument.Parse(key.Jwk());
        var thumbprint = JwkThumbprint.Of(jwk.RootElement);
        var stopped = await StopAsync(thumbprint);
        stopped.ShouldBe(201);
        stopped.Json.GetProperty("subject").GetProperty("key").GetString().ShouldBe(thumbprint);
        for (var instance = 0; instance < 2; instance++)
        {
            (await change(instance, _world.Call(token(), instance)).SendAsync()).Reason.ShouldBe(reason);
        }

        await (whileStopped?.Invoke() ?? Task.CompletedTask);
        (await _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{stopped.Text("revocation")}", _desk.Admin("ben"), """{"text":"it was another"}"""u8.ToArray())).Text("standing").ShouldBe("lifted");
        (await change(1, _world.Call(token(), 1)).SendAsync()).Status.ShouldBe(200);
    }

    private Task<DeskAnswer> StopAsync(string thumbprint) => _desk.SendAsync(
        HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"), Encoding.UTF8.GetBytes($$$"""{"subject":{"key":"{{{thumbprint}}}"},"reason":"security_incident","text":"it lay on a share"}"""), ("Idempotency-Key", "k"));

    private string Assertion()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return _app.Token(
            $$"""{"alg":"ES256","kid":"{{_app.Id}}"}""",
            $$"""{"iss":"{{TestRegistry.App}}","sub":"{{TestRegistry.App}}","aud":"{{GateWorld.Issuer}}","iat":{{now}},"exp":{{now + 50}},"jti":"{{Guid.NewGuid()}}"}""");
    }

    private string Proof(string path, string? grant = null)
    {
        var hash = grant is null ? "" : $",\"ath\":\"{TestKey.Encode(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(grant)))}\"";
        return _proof.Token(
            $$$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{{_proof.Jwk()}}}}""",
            $$"""{"htm":"POST","htu":"{{GateWorld.Issuer}}{{path}}","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"jti":"{{Guid.NewGuid()}}"{{hash}}}""");
    }
}
