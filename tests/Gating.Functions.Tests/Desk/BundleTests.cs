using System.Text;
using Gating.Evidence;
using Gating.Functions.Tests.World;
using Gating.Log.Sealing;
using Gating.Testing;
using Gating.Testing.Evidence;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>An answer as evidence, over HTTP from real storage, judged with nothing but the log's keys and its public tiles; and answers by what names entries.</summary>
public sealed class BundleTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private StudioCall _studio = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]!.AsArray()[0]!["labelling"] = TestRegistry.NewLabelling();
        });
        _studio = new(_world.Http, _world.Addresses[0]);
        _desk = new(_world);
        await MakeAsync("mei", 1);
        await MakeAsync("lin", 2);
        await _world.LogAsync();
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_persons_whole_stream_is_evidence_that_nothing_was_left_out_of()
    {
        var mandate = await _desk.MandateAsync("rita");
        var handle = _world.Services.GetRequiredService<Access.DeskHandles>().OfPerson(new(_world.IdentityIssuer, "rita", null), await _world.StreamOfAsync("mei"));
        var report = await VerifyAsync(await BundleAsync($"mandate={mandate}&person={handle}"));
        report.Verdict.ShouldBe(Verdict.Holds, string.Join('\n', report.Claims));
        report.Entries.ShouldBe(3);
        report.Claims.Select(static claim => claim.Name).ShouldContain("nothing left out");
    }

    [Fact]
    public async Task What_was_made_with_a_tool_is_listed_and_is_evidence()
    {
        var mandate = await _desk.MandateAsync("rita");
        foreach (var question in new[] { $"tool={Uri.EscapeDataString(TestRegistry.Tool)}", $"app={TestRegistry.App}" })
        {
            var asked = await _desk.GetAsync($"/v1/trace/entries?mandate={mandate}&{question}&kind=archived", _desk.Regulator("rita"));
            asked.ShouldBe(200);
            asked.Json.GetProperty("entries").GetArrayLength().ShouldBe(2);
            var report = await VerifyAsync(await BundleAsync($"mandate={mandate}&{question}"));
            report.Claims.Where(static claim => claim.Verdict is Verdict.Fails).ShouldBeEmpty();
            report.Entries.ShouldBe(6);
        }

        var admitted = await _desk.GetAsync($"/v1/trace/entries?mandate={mandate}&issuer={Uri.EscapeDataString(_world.IdentityIssuer)}&limit=1", _desk.Regulator("rita"));
        admitted.Json.GetProperty("entries").GetArrayLength().ShouldBe(1);
        var rest = await _desk.GetAsync(admitted.Link!.Split('>')[0].TrimStart('<'), _desk.Regulator("rita"));
        rest.Json.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("type").GetString()).ShouldBe(["gating.entry.granted"]);
    }

    [Fact]
    public async Task A_mandate_that_does_not_allow_bundles_gives_none()
    {
        var mandate = await _desk.MandateAsync("rita", fields: "\"labels\"");
        (await _desk.PostAsync($"/v1/trace/bundles?mandate={mandate}&app={TestRegistry.App}", _desk.Regulator("rita"))).ShouldBe(403, "mandate_out_of_scope");
        (await _desk.PostAsync($"/v1/trace/bundles?mandate={mandate}&app={TestRegistry.App}&limit=3", _desk.Regulator("rita"))).ShouldBe(400, "question_malformed");
    }

    private async Task<byte[]> BundleAsync(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_world.Addresses[0], $"/v1/trace/bundles?{query}"));
        request.Headers.Authorization = new("Bearer", _desk.Regulator("rita"));
        using var response = await _world.Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        ((int)response.StatusCode).ShouldBe(200, Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    private async Task<BundleReport.Judged> VerifyAsync(byte[] bundle)
    {
        var (keys, stores) = (_world.Services.GetRequiredService<LogKeys>(), _world.Services.GetRequiredService<LogStores>());
        using var file = new MemoryStream(bundle, writable: false);
        var trust = new BundleTrust(keys.Verifiers, BundleSurgery.KeysOf(_world.Services.GetRequiredService<Grants.SigningKeyRing>()), stores.Log.ReadTileAsync);
        return (await BundleVerifier.VerifyAsync(file, trust, default)).ShouldBeOfType<BundleReport.Judged>();
    }

    private async Task MakeAsync(string person, byte shade)
    {
        var granted = await _world.Call(_world.IdToken(person)).SendAsync();
        (await _studio.PutAsync(await _studio.BeginOneAsync(granted.Grant), TinyPng.Of(shade))).Status.ShouldBe(201);
    }
}
