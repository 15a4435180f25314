using System.Text;
using Gating.Client;
using Gating.Functions.Tests.World;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>What an app does for the person depicted, and for one who was stopped, through the client library and against a real gate.</summary>
public sealed class ConsentsAndAppealsTests : IAsyncLifetime
{
    private ClientScene _scene = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _scene = await ClientScene.StartAsync(static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]![0]!["demandsConsent"] = true;
        });
        _desk = new(_scene.World);
    }

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task A_consent_is_given_once_used_read_and_withdrawn()
    {
        var app = _scene.App();
        (await app.ExchangeAsync(_scene.Asking("mei"), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.Reason.ShouldBe("consent_missing");
        var expires = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds());
        ConsentRequest Asked() => new() { IdToken = _scene.World.IdToken("dora"), Purpose = "the film", Expires = expires, Tools = [TestRegistry.Tool], IdempotencyKey = "film-1" };
        var given = (await app.GiveConsentAsync(Asked(), default)).ShouldBeOfType<ConsentOutcome.Recorded>().Consent;
        (given.State, given.Expires).ShouldBe(("given", expires));
        (await app.GiveConsentAsync(Asked(), default)).ShouldBeOfType<ConsentOutcome.Recorded>().Consent.ShouldBe(given);

        GrantRequest Using() => new() { IdToken = _scene.World.IdToken("mei"), Resource = TestRegistry.Tool, Operation = "face_swap", ConsentIds = [given.Id] };
        (await app.ExchangeAsync(Using(), default)).ShouldBeOfType<ExchangeOutcome.Granted>();
        (await app.WithdrawConsentAsync(given.Id, _scene.World.IdToken("mei"), default)).ShouldBeOfType<ConsentOutcome.Refused>().Refusal.Reason.ShouldBe("consent_unknown");
        (await app.WithdrawConsentAsync(given.Id, _scene.World.IdToken("dora"), default)).ShouldBeOfType<ConsentOutcome.Recorded>().Consent.State.ShouldBe("withdrawn");
        (await app.ReadConsentAsync(given.Id, default)).ShouldBeOfType<ConsentOutcome.Recorded>().Consent.ShouldBe(given with { State = "withdrawn" });
        (await app.ExchangeAsync(Using(), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.Reason.ShouldBe("consent_withdrawn");
        (await app.ReadConsentAsync("none", default)).ShouldBeOfType<ConsentOutcome.Refused>().Refusal.Status.ShouldBe(404);
        (await app.GiveConsentAsync(new() { IdToken = "x", Purpose = "the film", Expires = expires }, default)).ShouldBeOfType<ConsentOutcome.Refused>().Refusal.Reason.ShouldBe("token_malformed");
        await Should.ThrowAsync<ArgumentException>(app.GiveConsentAsync(new() { IdToken = "x", Purpose = "x", Expires = expires, IdempotencyKey = "two\nlines" }, default));
    }

    [Fact]
    public async Task An_appeal_is_filed_read_and_answered()
    {
        var app = _scene.App();
        (await app.AppealAsync(_scene.World.IdToken("bo"), "It was not me", default)).ShouldBeOfType<AppealOutcome.Refused>().Refusal.Reason.ShouldBe("nothing_to_appeal");
        (await app.ExchangeAsync(_scene.Asking("bo"), default)).ShouldBeOfType<ExchangeOutcome.Refused>();
        var filed = (await app.AppealAsync(_scene.World.IdToken("bo"), "It was not me", default)).ShouldBeOfType<AppealOutcome.Recorded>().Appeal;
        (filed.State, filed.Answer).ShouldBe(("open", null));
        filed.Deadline.ShouldBeGreaterThan(filed.Filed.AddDays(14));
        (await app.AppealAsync(_scene.World.IdToken("bo"), "Really", default)).ShouldBeOfType<AppealOutcome.Recorded>().Appeal.ShouldBe(filed);

        var one = (await _desk.GetAsync("/v1/appeal-cases", _desk.Admin("ada"))).Json.GetProperty("appeal_cases")[0].GetProperty("appeal_case").GetString();
        (await _desk.SendAsync(HttpMethod.Post, $"/v1/appeal-cases/{one}/decide", _desk.Admin("ada"), Encoding.UTF8.GetBytes("""{"outcome":"rejected","text":"Ask the person depicted"}"""))).ShouldBe(200);
        (await app.ReadAppealAsync(filed.Id, default)).ShouldBeOfType<AppealOutcome.Recorded>().Appeal.ShouldBe(filed with { State = "rejected", Answer = "Ask the person depicted" });
        (await app.ReadAppealAsync("none", default)).ShouldBeOfType<AppealOutcome.Refused>().Refusal.Reason.ShouldBe("appeal_unknown");
    }
}
