using Gating.Client;
using Gating.Client.Tools;
using Gating.Functions.Tests.World;
using Gating.Testing;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>A tool that verifies the real gate's grants without asking about them, alone and behind ASP.NET Core.</summary>
public sealed class ToolTests : IAsyncLifetime
{
    private ClientScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ClientScene.StartAsync();

    public Task DisposeAsync() => _scene.DisposeAsync().AsTask();

    [Fact]
    public async Task The_real_gates_grant_is_good_until_it_is_given_back_and_its_list_is_asked_for_again()
    {
        var (app, verifier) = (_scene.App(), _scene.Verifier(listMaxAge: TimeSpan.FromMilliseconds(500)));
        var grant = await _scene.GrantAsync(app, "mei", units: 2);
        var verified = (await verifier.VerifyAsync(PresentedGrant.Bearer(grant.Token), default)).ShouldBeOfType<GrantOutcome.Valid>().Grant;
        (verified.App, verified.Operation, verified.Units).ShouldBe((TestRegistry.App, "face_swap", 2));
        (verified.ExpiresAt - grant.ExpiresAt).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(5));

        (await app.GiveBackAsync(grant, default)).ShouldBeOfType<GiveBackOutcome.GivenBack>();

        // The gate's list is a second old at most, and it is kept here for half of one.
        await Eventually.TrueAsync(async () => await verifier.VerifyAsync(PresentedGrant.Bearer(grant.Token), default) is GrantOutcome.Invalid { Reason: GrantFault.Revoked });
        (await verifier.VerifyAsync(PresentedGrant.Bearer((await _scene.GrantAsync(app, "mei")).Token), default)).ShouldBeOfType<GrantOutcome.Valid>();
    }

    [Fact]
    public async Task Neither_another_tool_nor_an_ID_token_passes()
    {
        var grant = await _scene.GrantAsync(_scene.App(), "mei");
        var other = new GrantVerifier(_scene.Http, new() { Issuer = _scene.Front.Origin, Resource = "https://tools.example/voice" }, TimeProvider.System);

        (await other.VerifyAsync(PresentedGrant.Bearer(grant.Token), default)).ShouldSatisfy(GrantFault.WrongAudience);
        (await _scene.Verifier().VerifyAsync(PresentedGrant.Bearer(_scene.World.IdToken("mei")), default)).ShouldSatisfy(GrantFault.WrongType);
    }

    [Fact]
    public async Task Behind_ASP_NET_Core_grants_are_let_in_refused_or_put_off()
    {
        await using var tool = await StartAsync();
        using var dpop = Es256Key.Create();
        var (plain, bound) = (_scene.App(), _scene.App(dpop));
        foreach (var app in new[] { plain, bound })
        {
            (await SendAsync(tool, app, await _scene.GrantAsync(app, "mei", units: 2))).ShouldBe((200, "face_swap 2 True studio True True", ""));
        }

        (await SendAsync(tool, plain, null)).ShouldBe((401, "", "Bearer realm=\"GatingGrants\", DPoP algs=\"ES256\""));
        var given = await _scene.GrantAsync(plain, "mei");
        (await SendAsync(tool, plain, given with { Token = given.Token[..^6] + "AAAAAA" })).ShouldBe((401, "", "Bearer error=\"invalid_token\", error_description=\"BadSignature\", DPoP algs=\"ES256\""));
        (await plain.GiveBackAsync(given, default)).ShouldBeOfType<GiveBackOutcome.GivenBack>();
        await Eventually.TrueAsync(async () => await SendAsync(tool, plain, given) == (401, "", "Bearer error=\"invalid_token\", error_description=\"Revoked\", DPoP algs=\"ES256\""));
        using (var open = await _scene.Http.GetAsync(new Uri(tool.Address, "/open")))
        {
            open.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        }

        // A gate that is away: nobody is let in, and nobody is told that his grant is no good.
        var late = await _scene.GrantAsync(plain, "mei");
        _scene.Front.Instead = static context =>
        {
            context.Abort();
            return true;
        };
        await Task.Delay(TimeSpan.FromMilliseconds(250));
        (await SendAsync(tool, plain, late)).ShouldBe((503, "", "Retry-After 1"));
    }

    [Fact]
    public async Task Behind_ASP_NET_Core_a_proof_is_good_once_and_for_this_request_alone()
    {
        await using var tool = await StartAsync(demandsDpop: true);
        using var dpop = Es256Key.Create();
        using var another = Es256Key.Create();
        var (app, thief) = (_scene.App(dpop), _scene.App(another));
        var grant = await _scene.GrantAsync(app, "mei");
        const string Refused = "DPoP algs=\"ES256\", error=\"invalid_dpop_proof\", error_description=";

        (await SendAsync(tool, thief, grant)).ShouldBe((401, "", Refused + "\"ProofOfOtherKey\""));
        (await SendAsync(tool, app, grant, static request => request.Headers.Remove("DPoP"))).ShouldBe((401, "", Refused + "\"ProofMissing\""));
        (await SendAsync(tool, app, grant, static request => request.RequestUri = new(request.RequestUri!, "/FACE-swap"))).ShouldBe((401, "", Refused + "\"ProofForOtherRequest\""));
        (await SendAsync(tool, app, grant, static request => request.Headers.Authorization = new("Bearer", request.Headers.Authorization!.Parameter))).Status.ShouldBe(401);
        var proof = "";
        (await SendAsync(tool, app, grant, request => proof = request.Headers.GetValues("DPoP").Single())).Status.ShouldBe(200);
        void Again(HttpRequestMessage request)
        {
            request.Headers.Remove("DPoP");
            request.Headers.Add("DPoP", proof);
        }

        (await SendAsync(tool, app, grant, Again)).ShouldBe((401, "", Refused + "\"ProofReplayed\""));
        (await SendAsync(tool, app, await _scene.GrantAsync(_scene.App(), "mei"))).ShouldBe((401, "", "DPoP algs=\"ES256\""));
    }

    [Fact]
    public async Task Options_that_make_no_sense_stop_the_start()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => ToolScene.StartAsync(static options => options.Resource = TestRegistry.Tool));
        await Should.ThrowAsync<InvalidOperationException>(() => ToolScene.StartAsync(static options => (options.Issuer, options.Resource) = ("https://gate.example", "urn:tool")));
    }

    private Task<ToolScene> StartAsync(bool demandsDpop = false) => ToolScene.StartAsync(options =>
    {
        options.Issuer = _scene.Front.Origin;
        options.Resource = TestRegistry.Tool;
        options.DemandsDpop = demandsDpop;
        options.StatusListMaxAge = TimeSpan.FromMilliseconds(200);
    });

    /// <summary>The challenge, or when to come back.</summary>
    private async Task<(int Status, string Body, string Said)> SendAsync(ToolScene tool, GatingApp app, Grant? grant, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(tool.Address, "/face-swap"));
        if (grant is not null)
        {
            app.Present(request, grant);
        }

        change?.Invoke(request);
        using var answer = await _scene.Http.SendAsync(request);
        var said = answer.Headers.RetryAfter is { } after ? $"Retry-After {after}" : string.Join(", ", answer.Headers.WwwAuthenticate);
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : "", said);
    }
}
