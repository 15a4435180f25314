using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Local.OpenId;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>The main job as an app on Azure lives it: published, started by the Functions host, every request through its proxy, every message and timer by its hand.</summary>
[Collection(HostedGates.Name)]
public sealed class HostedJobTests(HostedGate gate)
{
    public static TheoryData<string> EveryTask => [.. TimedTaskNames.All];

    [Fact]
    public async Task From_a_real_identity_token_to_a_receipt_and_a_revoked_grant()
    {
        var token = await gate.SignInAsync(DemoPerson.Lin);
        var granted = await gate.Call(token).SendAsync();
        granted.Status.ShouldBe(200, granted.Body);

        var begun = await gate.Studio.BeginAsync(granted.Grant);
        begun.Status.ShouldBe(201, begun.ToString());
        var put = await gate.Studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(1));
        put.Status.ShouldBe(201, put.ToString());
        (await gate.Studio.GetAsync(put.Text("file"))).Status.ShouldBe(200);

        // The trace queue's function seals.
        await Eventually.TrueWithinAMinuteAsync(async () => (await gate.Studio.GetAsync($"/v1/receipts/{put.Text("content_id")}")).Status == 200);
        Encoding.UTF8.GetString((await gate.Studio.GetAsync("/log/checkpoint")).Bytes).ShouldStartWith("localhost/log\n");
        (await gate.Studio.GetAsync("/log/tile/entries/000.p/1")).Status.ShouldBeOneOf(200, 404);

        var second = await gate.Call(token).SendAsync();
        (await RevokeAsync(second.Grant)).ShouldBe(200);
        (await gate.Studio.BeginAsync(second.Grant)).Text("reason").ShouldBe("grant_spent");

        var stream = await gate.World.StreamOfAsync(gate.ProviderIssuer, DemoPerson.Lin.Subject);
        (await gate.World.EntriesAsync(stream)).Select(static entry => entry.Kind).Take(4).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.Granted]);
        await gate.World.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task A_large_file_is_put_past_the_host_and_taken_by_the_function_of_its_queue()
    {
        var address = await gate.Studio.BeginOneAsync(await gate.Call(gate.World.IdToken("large")).GrantAsync());
        var upload = await gate.Studio.BeginUploadAsync(address);
        upload.Status.ShouldBe(201, upload.ToString());
        new Uri(upload.Text("upload_url")).Authority.ShouldBe(gate.Azurite.Blob.Authority, "the address is storage's, whatever the host calls us");
        (await gate.Studio.PutAtAsync(upload, TinyPng.Of(2))).Status.ShouldBe(201);
        (await gate.Studio.AnnounceAsync(address, upload.Text("upload"))).Status.ShouldBe(202);
        await Eventually.TrueWithinAMinuteAsync(async () => (await gate.Studio.GetAsync(address)).Status == 200);
    }

    [Theory]
    [MemberData(nameof(EveryTask))]
    public async Task Every_timed_task_runs_when_its_timer_says_so(string task) => (await gate.Host.RunTimerAsync(task)).ShouldBe(InvocationResult.Success, gate.Host.Handler.Said);

    private async Task<int> RevokeAsync(string grant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate.Host.Address, "/oauth2/revoke")) { Content = new FormUrlEncodedContent([new("token", grant)]) };
        request.Headers.Authorization = TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);
        using var answer = await gate.World.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
