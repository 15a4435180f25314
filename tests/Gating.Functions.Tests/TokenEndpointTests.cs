using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Clients;
using Gating.Functions.Endpoints;
using Gating.Functions.Http;
using Gating.Functions.Tests.World;
using Gating.Identity;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The token endpoint as a client sees it.</summary>
public sealed class TokenEndpointTests : IAsyncLifetime
{
    private readonly TestKey _appKey = TestKey.Ec("app-key");
    private readonly TestKey _dpopKey = TestKey.Ec(null);
    private GateWorld _world = null!;

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync(instances: 2, registry: registry =>
        registry["apps"]![0]!["jwks"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(_appKey.Jwk(jwk => jwk.Text("alg", "ES256")))) });

    public async Task DisposeAsync() => await _world.DisposeAsync();

    public static TheoryData<string, string?, int, string> WrongForms => new()
    {
        { "grant_type", null, 400, "grant_type_unsupported" },
        { "grant_type", "password", 400, "grant_type_unsupported" },
        { "subject_token", null, 400, "subject_token_missing" },
        { "subject_token", "x", 400, "token_malformed" },
        { "subject_token_type", "urn:ietf:params:oauth:token-type:access_token", 400, "subject_token_missing" },
        { "requested_token_type", "urn:ietf:params:oauth:token-type:saml2", 400, "requested_token_type_unsupported" },
        { "actor_token", "x", 400, "actor_token_unsupported" },
        { "scope", "openid", 400, "scope_unsupported" },
        { "resource", null, 400, "resource_missing" },
        { "resource", "not a uri", 400, "resource_missing" },
        { "resource", "https://tools.example/face-swap#x", 400, "resource_missing" },
        { "audience", "https://else.example", 400, "audience_other" },
        { "authorization_details", null, 400, "authorization_details_invalid" },
        { "authorization_details", "[]", 400, "authorization_details_invalid" },
        { "authorization_details", """[{"type":"synthetic_media","operation":"face_swap","tool":"https://else.example"}]""", 400, "authorization_details_invalid" },
        { "client_id", "other", 400, "client_id_mismatch" },
        { "client_secret", "x", 400, "client_methods_several" },
    };

    [Theory]
    [MemberData(nameof(WrongForms))]
    public async Task A_request_that_is_wrong_is_told_what(string field, string? value, int status, string reason) =>
        (await _world.Call(_world.IdToken("alice")).With(field, value).SendAsync()).ShouldBeRefused(status, reason);

    [Fact]
    public async Task A_body_that_is_no_form_or_too_large_is_refused_before_it_is_read()
    {
        var address = new Uri(_world.Addresses[0], "/oauth2/token");
        (await _world.Http.PostAsync(address, new StringContent("{}", Encoding.UTF8, "application/json"))).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await _world.Call(new string('x', 60_000)).SendAsync()).ShouldBeRefused(413, "form_too_large");
        using var twice = new StringContent("grant_type=a&grant_type=b", Encoding.UTF8, "application/x-www-form-urlencoded");
        (await (await _world.Http.PostAsync(address, twice)).Content.ReadAsStringAsync()).ShouldContain("form_parameter_repeated");
        using var malformed = new StringContent("grant_type=%4", Encoding.UTF8, "application/x-www-form-urlencoded");
        (await (await _world.Http.PostAsync(address, malformed)).Content.ReadAsStringAsync()).ShouldContain("form_malformed");
    }

    [Theory]
    [InlineData(TestRegistry.App, "wrong")]
    [InlineData("nobody", TestRegistry.Secret)]
    public async Task A_client_that_is_not_who_it_says_is_401_in_the_same_words(string id, string secret)
    {
        var refused = await _world.Call(_world.IdToken("alice")).As(TokenCall.Basic(id, secret)).SendAsync();
        refused.ShouldBeRefused(401, "client_not_authenticated");
        refused.Headers["WWW-Authenticate"].ShouldStartWith("Basic");
    }

    [Fact]
    public async Task An_app_may_authenticate_with_its_key_once_per_assertion_on_any_instance()
    {
        var assertion = Assertion();
        (await WithAssertion(assertion, 0).SendAsync()).Status.ShouldBe(200);
        (await WithAssertion(assertion, 0).SendAsync()).ShouldBeRefused(401, "assertion_replayed");
        (await WithAssertion(assertion, 1).SendAsync()).ShouldBeRefused(401, "assertion_replayed");
        (await WithAssertion(Assertion(), 1).SendAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_grant_is_bound_to_the_key_of_the_proof_and_a_proof_serves_once_on_any_instance()
    {
        var proof = Proof();
        var granted = await _world.Call(_world.IdToken("alice")).Header("DPoP", proof).SendAsync();
        granted.Status.ShouldBe(200, granted.Body);
        granted["token_type"].ShouldBe("DPoP");
        TokenAnswer.Claims(granted.Grant).GetProperty("cnf").GetProperty("jkt").GetString()!.Length.ShouldBe(43);
        (await _world.Call(_world.IdToken("alice")).Header("DPoP", proof).SendAsync()).ShouldBeRefused(400, "proof_replayed");
        (await _world.Call(_world.IdToken("alice"), 1).Header("DPoP", proof).SendAsync()).ShouldBeRefused(400, "proof_replayed");
        (await _world.Call(_world.IdToken("alice")).Header("DPoP", "x").SendAsync()).ShouldBeRefused(400, "proof_malformed");
    }

    [Fact]
    public async Task A_request_sent_again_with_its_proof_and_key_is_answered_and_nobody_elses_use_of_them_is()
    {
        var (proof, assertion) = (Proof(), Assertion());
        TokenCall Same(string subject, int instance) => WithAssertion(assertion, instance, subject).Header("DPoP", proof).Key("again");
        var first = await Same("alice", 0).SendAsync();
        first.Status.ShouldBe(200, first.Body);
        (await Same("alice", 0).SendAsync()).GrantId.ShouldBe(first.GrantId);
        (await Same("alice", 1).SendAsync()).GrantId.ShouldBe(first.GrantId);
        (await Same("mallory", 0).SendAsync()).ShouldBeRefused(401, "assertion_replayed");
    }

    [Fact]
    public async Task An_identity_token_of_another_app_is_refused() =>
        (await _world.Call(_world.IdToken("alice", change: payload => payload.Text("aud", TestRegistry.OtherClientId))).SendAsync()).ShouldBeRefused(400, "token_audience_wrong");

    [Fact]
    public async Task A_change_of_the_registry_is_in_force_within_two_seconds_on_every_instance()
    {
        (await _world.Call(_world.IdToken("alice")).SendAsync()).Status.ShouldBe(200);
        await _world.ChangeRegistryAsync(registry => registry["tools"]![0]!["status"] = "stopped");
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        (await _world.Call(_world.IdToken("alice"), 0).SendAsync()).ShouldBeRefused(400, "tool_stopped");
        (await _world.Call(_world.IdToken("alice"), 1).SendAsync()).ShouldBeRefused(400, "tool_stopped");
    }

    [Fact]
    public async Task The_metadata_names_what_is_served_and_keys_are_public_halves_only()
    {
        var metadata = JsonDocument.Parse(await _world.Http.GetStringAsync(new Uri(_world.Addresses[0], "/.well-known/oauth-authorization-server"))).RootElement;
        metadata.GetProperty("issuer").GetString().ShouldBe(GateWorld.Issuer);
        metadata.GetProperty("token_endpoint").GetString().ShouldBe(GateWorld.Issuer + "/oauth2/token");
        var keys = await _world.Http.GetStringAsync(new Uri(_world.Addresses[0], "/jwks"));
        keys.ShouldContain("\"kty\":\"EC\"");
        keys.ShouldNotContain("\"d\"");
    }

    [Theory]
    [InlineData("GET", "/oauth2/token", 405)]
    [InlineData("POST", "/jwks", 405)]
    [InlineData("POST", "/log/checkpoint", 405)]
    [InlineData("GET", "/log/checkpoint", 404)]
    [InlineData("GET", "/log/tile/0/000", 404)]
    [InlineData("GET", "/log/tile/", 404)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("TRACE", "/oauth2/token", 405)]
    public async Task What_is_not_offered_is_refused_as_a_problem(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new(method), new Uri(_world.Addresses[0], path));
        using var response = await _world.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Fact]
    public void Every_reason_of_every_kind_is_mapped_to_an_error_with_its_own_words()
    {
        TokenError[] errors =
        [
            .. Enum.GetValues<RefusalReason>().Select(TokenError.Of),
            .. Enum.GetValues<IdentityRefusal>().Select(TokenError.Of),
            .. Enum.GetValues<DpopRefusal>().Select(TokenError.Of),
            .. Enum.GetValues<FormProblem>().Where(problem => problem is not FormProblem.None).Select(TokenError.Of),
            .. Enum.GetValues<ClientRefusal>().Select(TokenError.Of).Distinct(),
        ];
        errors.ShouldAllBe(error => error.Status >= 400 && error.Error.Length > 0 && error.Description.EndsWith('.'));
        errors.Select(error => error.Reason).Distinct(StringComparer.Ordinal).Count().ShouldBe(errors.Length);
        errors.Where(error => error.Status == 429).ShouldAllBe(error => error.Error == "access_denied" || error.Error == "temporarily_unavailable");
    }

    private TokenCall WithAssertion(string assertion, int instance, string subject = "alice") => _world.Call(_world.IdToken(subject), instance)
        .As(null).With("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer").With("client_assertion", assertion);

    private string Assertion()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var payload = new RawObject().Text("iss", TestRegistry.App).Text("sub", TestRegistry.App).Text("aud", GateWorld.Issuer)
            .Number("iat", now).Number("exp", now + 50).Text("jti", Guid.NewGuid().ToString("N"));
        return _appKey.Token($$"""{"alg":"ES256","kid":"{{_appKey.Id}}","typ":"JWT"}""", payload.ToString());
    }

    private string Proof()
    {
        var payload = new RawObject().Text("htm", "POST").Text("htu", GateWorld.Issuer + "/oauth2/token")
            .Number("iat", DateTimeOffset.UtcNow.ToUnixTimeSeconds()).Text("jti", Guid.NewGuid().ToString("N"));
        return _dpopKey.Token($$"""{"alg":"ES256","typ":"dpop+jwt","jwk":{{_dpopKey.Jwk()}}}""", payload.ToString());
    }
}
