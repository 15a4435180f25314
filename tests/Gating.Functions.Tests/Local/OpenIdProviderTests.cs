using System.Text.Json;
using Gating.Local.OpenId;
using Gating.Testing.Processes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Local;

public sealed class OpenIdProviderTests(OpenIdProviderFixture fixture) : IClassFixture<OpenIdProviderFixture>
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_person_signs_in_and_the_token_verifies_against_the_published_keys(string algorithm)
    {
        var client = algorithm is "RS256" ? OpenIdClient.Studio : OpenIdClient.StudioEs256;
        var token = await fixture.SignInAsync(DemoPerson.Mei, client);

        var result = await ValidateAsync(fixture.Provider, token, client);

        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        var jwt = (JsonWebToken)result.SecurityToken;
        jwt.Alg.ShouldBe(algorithm);
        jwt.Subject.ShouldBe(DemoPerson.Mei.Subject);
        jwt.GetPayloadValue<string>(OpenIdProviderOptions.PersonClaim).ShouldBe(DemoPerson.Mei.NaturalPerson);
        jwt.GetPayloadValue<long>("auth_time").ShouldBeGreaterThan(0);
        var verification = jwt.GetPayloadValue<JsonElement>("verified_claims").GetProperty("verification");
        verification.GetProperty("trust_framework").GetString().ShouldBe(DemoProof.DemoTrustFramework);
        verification.GetProperty("assurance_level").GetString().ShouldBe("high");
        verification.GetProperty("time").GetDateTimeOffset().ShouldBeLessThan(DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task The_token_of_an_unproven_person_has_no_verified_claims()
    {
        var token = new JsonWebToken(await fixture.SignInAsync(DemoPerson.Guest));

        token.TryGetPayloadValue("verified_claims", out JsonElement _).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_accounts_of_one_human_share_the_person_claim_and_nothing_else()
    {
        var first = new JsonWebToken(await fixture.SignInAsync(DemoPerson.Mei));
        var second = new JsonWebToken(await fixture.SignInAsync(DemoPerson.MeiAtWork));

        first.Subject.ShouldNotBe(second.Subject);
        first.GetPayloadValue<string>(OpenIdProviderOptions.PersonClaim).ShouldBe(second.GetPayloadValue<string>(OpenIdProviderOptions.PersonClaim));
    }

    [Fact]
    public async Task Nobody_signs_in_as_a_person_whom_the_provider_does_not_know()
    {
        var login = new OpenIdLogin(fixture.Provider.Issuer, OpenIdClient.Studio);

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => login.SignInAsync("nobody", OpenIdLogin.Scope, CancellationToken.None));

        refused.Message.ShouldContain("400");
    }

    [Fact]
    public async Task After_a_rotation_that_retires_the_old_keys_only_new_tokens_verify()
    {
        await using var provider = await OpenIdProviderProcess.StartAsync(
            await SharedProcesses.NodeAsync(), OpenIdProviderOptions.Default, TimeProvider.System, CancellationToken.None);
        var login = new OpenIdLogin(provider.Issuer, OpenIdClient.Studio);
        var before = await login.SignInAsync(DemoPerson.Lin, CancellationToken.None);

        await provider.RotateKeysAsync(KeyRotation.Keep, CancellationToken.None);
        (await ValidateAsync(provider, before, OpenIdClient.Studio)).IsValid.ShouldBeTrue();

        await provider.RotateKeysAsync(KeyRotation.Retire, CancellationToken.None);
        var after = await login.SignInAsync(DemoPerson.Lin, CancellationToken.None);
        (await ValidateAsync(provider, before, OpenIdClient.Studio)).IsValid.ShouldBeFalse();
        (await ValidateAsync(provider, after, OpenIdClient.Studio)).IsValid.ShouldBeTrue();
    }

    [Fact]
    public async Task Keys_that_reuse_an_id_are_other_keys()
    {
        await using var provider = await OpenIdProviderProcess.StartAsync(
            await SharedProcesses.NodeAsync(), OpenIdProviderOptions.Default, TimeProvider.System, CancellationToken.None);
        var login = new OpenIdLogin(provider.Issuer, OpenIdClient.Studio);
        var before = await login.SignInAsync(DemoPerson.Lin, CancellationToken.None);

        await provider.RotateKeysAsync(KeyRotation.SameIds, CancellationToken.None);

        var after = await login.SignInAsync(DemoPerson.Lin, CancellationToken.None);
        new JsonWebToken(after).Kid.ShouldBe(new JsonWebToken(before).Kid);
        (await ValidateAsync(provider, before, OpenIdClient.Studio)).IsValid.ShouldBeFalse();
        (await ValidateAsync(provider, after, OpenIdClient.Studio)).IsValid.ShouldBeTrue();
    }

    [Fact]
    public async Task Keys_in_a_file_outlive_the_provider_and_a_client_with_a_secret_signs_people_in_too()
    {
        using var folder = new TemporaryFolder();
        var confidential = OpenIdClient.Studio with { Id = "studio-server", Secret = "a secret: with % and + in it" };
        var options = OpenIdProviderOptions.Default with { Clients = [confidential], KeysFile = folder.File("keys.json") };
        var tokens = new List<JsonWebToken>();
        for (var start = 0; start < 2; start++)
        {
            await using var provider = await OpenIdProviderProcess.StartAsync(await SharedProcesses.NodeAsync(), options, TimeProvider.System, CancellationToken.None);
            tokens.Add(new(await new OpenIdLogin(provider.Issuer, confidential).SignInAsync(DemoPerson.Lin, CancellationToken.None)));
        }

        tokens[0].Kid.ShouldBe(tokens[1].Kid);
        tokens[0].Audiences.ShouldBe(["studio-server"]);
    }

    private static async Task<TokenValidationResult> ValidateAsync(OpenIdProviderProcess provider, string token, OpenIdClient client)
    {
        var metadata = await OpenIdConnectConfigurationRetriever.GetAsync(
            $"{provider.Issuer}/.well-known/openid-configuration", new HttpDocumentRetriever { RequireHttps = false }, CancellationToken.None);
        return await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = client.Id,
            ValidAlgorithms = [client.Algorithm],
            IssuerSigningKeys = metadata.SigningKeys,
            TryAllIssuerSigningKeys = false,
        });
    }
}
