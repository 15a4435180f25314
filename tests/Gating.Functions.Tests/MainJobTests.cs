using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Local.OpenId;
using Gating.Testing.Processes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The main job with tokens of the real OpenID provider and rows in the real Azurite.</summary>
public sealed class MainJobTests(OpenIdProviderFixture provider) : IClassFixture<OpenIdProviderFixture>, IAsyncLifetime
{
    private GateWorld _world = null!;

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync(issuers: [provider.Provider.Issuer], registry: registry =>
    {
        registry["issuers"]![1]!["naturalPersonClaim"] = OpenIdProviderOptions.PersonClaim;
        registry["tools"]![0]!["assurance"] = new JsonObject { ["level"] = "substantial", ["maxAgeSeconds"] = 31_536_000 };
        registry["tools"]![0]!["quotas"]![0]!["limit"] = 3;
    });

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("studio-web")]
    [InlineData("studio-mobile")]
    public async Task An_identity_token_becomes_a_recorded_grant(string client)
    {
        var token = await provider.SignInAsync(DemoPerson.Lin, client == "studio-web" ? OpenIdClient.Studio : OpenIdClient.StudioEs256);
        var app = client == "studio-web" ? TestRegistry.App : TestRegistry.OtherApp;
        var answer = await _world.Call(token).As(TokenCall.Basic(app, client == "studio-web" ? TestRegistry.Secret : TestRegistry.OtherSecret)).SendAsync();
        answer.Status.ShouldBe(200, answer.Body);
        answer["token_type"].ShouldBe("Bearer");
        answer["issued_token_type"].ShouldBe("urn:ietf:params:oauth:token-type:access_token");
        answer.Headers["Cache-Control"].ShouldBe("no-store");

        var claims = await VerifyAsync(answer.Grant);
        claims.GetProperty("aud").GetString().ShouldBe(TestRegistry.Tool);
        claims.GetProperty("client_id").GetString().ShouldBe(app);
        claims.GetProperty("authorization_details")[0].GetProperty("units").GetInt32().ShouldBe(1);
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).ShouldBe(300);

        var stream = await _world.StreamOfAsync(provider.Provider.Issuer, DemoPerson.Lin.Subject);
        var entry = (await _world.EntriesAsync(stream)).Last();
        entry.Kind.ShouldBe(EntryKind.Granted);
        var recorded = Encoding.UTF8.GetString(entry.Public.Span);
        recorded.ShouldContain(TestRegistry.Tool);
        recorded.ShouldNotContain(DemoPerson.Lin.Subject);
        Encoding.UTF8.GetString(entry.Sealed.Span).ShouldNotContain(DemoPerson.Lin.Subject);
        await _world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task The_same_request_again_is_the_same_grant_and_another_under_its_key_is_refused()
    {
        var token = await provider.SignInAsync(DemoPerson.Mei);
        var first = await _world.Call(token).Key("k-1").SendAsync();
        var again = await _world.Call(await provider.SignInAsync(DemoPerson.Mei)).Key("\"k-1\"").SendAsync();
        again.Status.ShouldBe(200, again.Body);
        again.GrantId.ShouldBe(first.GrantId);
        again.Headers["Idempotency-Replayed"].ShouldBe("true");
        (await _world.Call(token).Key("k-1").Units(2).SendAsync()).ShouldBeRefused(422, "idempotency_mismatch");

        var stream = await _world.StreamOfAsync(provider.Provider.Issuer, DemoPerson.Mei.Subject);
        (await _world.EntriesAsync(stream)).Count(entry => entry.Kind is EntryKind.Granted).ShouldBe(1);
    }

    [Fact]
    public async Task Two_accounts_of_one_human_are_one_person_with_one_quota()
    {
        var (mei, work) = (await provider.SignInAsync(DemoPerson.Mei), await provider.SignInAsync(DemoPerson.MeiAtWork));
        (await _world.Call(mei).Units(2).SendAsync()).Status.ShouldBe(200);
        (await _world.Call(work).Units(2).SendAsync()).ShouldBeRefused(429, "quota_exceeded");
        (await _world.Call(work).SendAsync()).Status.ShouldBe(200);
        (await _world.StreamOfAsync(provider.Provider.Issuer, DemoPerson.Mei.Subject)).ShouldBe(await _world.StreamOfAsync(provider.Provider.Issuer, DemoPerson.MeiAtWork.Subject));
    }

    [Fact]
    public async Task The_quota_runs_out_and_says_when_to_come_back()
    {
        var token = await provider.SignInAsync(DemoPerson.Lin);
        var last = await _world.Call(token).Units(3).SendAsync();
        last.Headers["RateLimit"].ShouldStartWith("\"daily\";r=0;t=");
        last.Headers["RateLimit-Policy"].ShouldBe("\"daily\";q=3;w=86400");
        var refused = await _world.Call(token).SendAsync();
        refused.ShouldBeRefused(429, "quota_exceeded");
        int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 86_400);
        refused.Headers["RateLimit"].ShouldStartWith("\"daily\";r=0;t=");
    }

    [Fact]
    public async Task A_person_who_is_not_proven_well_enough_is_told_what_is_wanted()
    {
        foreach (var (person, reason) in new[] { (DemoPerson.Tom, "assurance_too_low"), (DemoPerson.Guest, "assurance_too_low"), (DemoPerson.Old, "assurance_too_old") })
        {
            var refused = await _world.Call(await provider.SignInAsync(person)).SendAsync();
            refused.ShouldBeRefused(400, reason);
            refused["error"].ShouldBe("insufficient_user_authentication");
            refused["assurance_level"].ShouldBe("substantial");
            refused["max_age"].ShouldBe("31536000");
        }
    }

    [Fact]
    public async Task Where_the_claim_of_the_person_is_trusted_a_token_without_it_gets_a_step_up_and_no_fallback() =>
        (await _world.Call(await provider.SignInAsync(DemoPerson.Nameless)).SendAsync()).ShouldBeRefused(400, "natural_person_missing");

    [Fact]
    public async Task Two_apps_cannot_tell_that_they_serve_one_person()
    {
        var (web, mobile) = (await provider.SignInAsync(DemoPerson.Mei), await provider.SignInAsync(DemoPerson.Mei, OpenIdClient.StudioEs256));
        var (one, other) = (await _world.Call(web).SendAsync(), await _world.Call(mobile).As(TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret)).SendAsync());
        var (a, b) = (TokenAnswer.Claims(one.Grant), TokenAnswer.Claims(other.Grant));
        a.GetProperty("sub").GetString().ShouldNotBe(b.GetProperty("sub").GetString());
        other.Headers["RateLimit"].ShouldStartWith("\"daily\";r=2;");
    }

    /// <summary>As any resource server would: by the published keys, with somebody else's library.</summary>
    private async Task<JsonElement> VerifyAsync(string grant)
    {
        var keys = new JsonWebKeySet(await _world.Http.GetStringAsync(new Uri(_world.Addresses[0], "/jwks")));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(grant, new()
        {
            ValidIssuer = GateWorld.Issuer,
            ValidAudience = TestRegistry.Tool,
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = ["ES256"],
            IssuerSigningKeys = keys.Keys,
        });
        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        return TokenAnswer.Claims(grant);
    }
}
