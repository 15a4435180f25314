using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.Desk;

/// <summary>Two admins stop many people, over the real storage on two instances.</summary>
public sealed class BulkRevocationsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Many = 60;

    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: static registry => DeskCall.Trust(registry));
        _desk = new(_world, instance: 1);
        await Parallel.ForEachAsync(Enumerable.Range(0, Many), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => (await _world.Call(_world.IdToken($"bot {i}")).SendAsync()).Status.ShouldBe(200));
        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_list_is_proposed_by_one_approved_by_another_and_each_is_lifted_alone()
    {
        var csv = new StringBuilder("issuer,subject\r\n");
        for (var i = 0; i < Many; i++)
        {
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"{_world.IdentityIssuer},bot {i}\r\n");
        }

        csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"{_world.IdentityIssuer},bot 0\r\n{_world.IdentityIssuer},never seen\r\n");
        var proposed = await _desk.PostAsync("/v1/bulk-revocations", _desk.Admin("ada"), $$"""{"csv":{{JsonSerializer.Serialize(csv.ToString())}},"reason":"bulk_account","text":"Wave 3"}""");
        proposed.ShouldBe(201);
        (proposed.Text("standing"), proposed.Json.GetProperty("people").GetInt32()).ShouldBe(("proposed", Many));
        proposed.Json.GetProperty("unknown").GetRawText().ShouldBe($$"""{"count":1,"lines":[{{Many + 3}}]}""");
        var path = $"/v1/bulk-revocations/{proposed.Text("bulk_revocation")}";
        proposed.Location.ShouldBe(path);
        (await _desk.PostAsync($"{path}/approve", _desk.Admin("ada"))).ShouldBe(403, "second_human_needed");
        (await _world.Call(_world.IdToken("bot 7")).SendAsync()).Status.ShouldBe(200);

        var watch = Stopwatch.StartNew();
        (await _desk.PostAsync($"{path}/approve", _desk.Admin("ben"))).ShouldBe(202);
        await EndedAsync(path);
        output.WriteLine($"{Many} people stopped and recorded in {watch.Elapsed.TotalSeconds:F1} s");
        var ended = await _desk.GetAsync(path, _desk.Admin("cid"));
        (ended.Json.GetProperty("stopped").GetInt32(), ended.Json.GetProperty("refused").GetInt32()).ShouldBe((Many, 0));
        for (var i = 0; i < Many; i++)
        {
            (await _world.Call(_world.IdToken($"bot {i}"), i % 2).SendAsync()).ShouldBeRefused(400, "person_revoked");
        }

        (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
        var revocations = (await _desk.GetAsync("/v1/revocations", _desk.Admin("cid"))).Json.GetProperty("revocations").EnumerateArray().ToList();
        revocations.Count.ShouldBe(Many);
        revocations.ShouldAllBe(static one => one.GetProperty("by").GetProperty("subject").GetString() == "ada" && one.GetProperty("text").GetString() == "Wave 3");
        (await _desk.SendAsync(HttpMethod.Delete, $"/v1/revocations/{revocations[0].GetProperty("revocation").GetString()}", _desk.Admin("ben"), """{"text":"no bot"}"""u8.ToArray())).Text("standing").ShouldBe("lifted");
        (await _desk.GetAsync("/v1/bulk-revocations", _desk.Admin("cid"))).Json.GetProperty("bulk_revocations").GetArrayLength().ShouldBe(1);
        await ShouldBeSealedAsync();
    }

    [Fact]
    public async Task Everybody_who_was_granted_something_in_a_time_is_found_by_that()
    {
        await _world.LogAsync();
        var (from, to) = (DeskCall.Time(DateTimeOffset.UtcNow.AddHours(-1)), DeskCall.Time(DateTimeOffset.UtcNow.AddMinutes(1)));
        foreach (var by in new[] { $"\"app\":\"{TestRegistry.App}\"", $"\"tool\":\"{TestRegistry.Tool}\"", $"\"issuer\":\"{_world.IdentityIssuer}\"" })
        {
            var proposed = await _desk.PostAsync("/v1/bulk-revocations", _desk.Admin("ada"), $$"""{"granted":{{{by}},"from":"{{from}}","to":"{{to}}"},"reason":"bulk_account","text":"Wave 4"}""");
            proposed.ShouldBe(201);
            proposed.Json.GetProperty("people").GetInt32().ShouldBe(Many + 1);
            (await _desk.PostAsync($"/v1/bulk-revocations/{proposed.Text("bulk_revocation")}/decline", _desk.Admin("ben"))).Text("standing").ShouldBe("declined");
        }

        (await _desk.PostAsync("/v1/bulk-revocations", _desk.Admin("ada"), $$"""{"granted":{"app":"{{TestRegistry.OtherApp}}","from":"{{from}}","to":"{{to}}"},"reason":"abuse","text":"x"}""")).ShouldBe(404, "person_unknown");
        (await _desk.PostAsync("/v1/bulk-revocations", _desk.Admin("ada", static payload => payload.Drop("acr")), "{}")).ShouldBe(401, "authentication_not_strong");
        (await _desk.PostAsync("/v1/bulk-revocations", _desk.Admin("ada"), "{}")).ShouldBe(400, "bulk_malformed");
        (await _desk.GetAsync("/v1/bulk-revocations/b999", _desk.Admin("ada"))).ShouldBe(404, "bulk_unknown");
        (await _world.Call(_world.IdToken("bot 1")).SendAsync()).Status.ShouldBe(200);
    }

    private Task EndedAsync(string path) => Eventually.TrueWithinAMinuteAsync(async () => (await _desk.GetAsync(path, _desk.Admin("cid"))).Text("standing") is "ended");

    /// <summary>Who it is about, who ordered it and why stands where it is sealed, and nowhere else.</summary>
    private async Task ShouldBeSealedAsync()
    {
        var operators = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
        var entries = await _world.EntriesAsync(operators);
        entries.Count(static entry => entry.Kind is EntryKind.Revoked).ShouldBe(Many);
        entries.Where(static entry => entry.Kind is EntryKind.BulkProposed or EntryKind.BulkApproved or EntryKind.BulkEnded).Select(static entry => entry.Kind).ShouldBe([EntryKind.BulkProposed, EntryKind.BulkApproved, EntryKind.BulkEnded]);
        foreach (var entry in entries)
        {
            var open = Encoding.UTF8.GetString(entry.Public.Span);
            open.ShouldNotContain("ada");
            open.ShouldNotContain("Wave 3");
            open.ShouldNotContain((await _world.StreamOfAsync("bot 0")).ToString());
        }

        await _world.ShouldBeSoundAsync(operators);
        _world.Logs.Lines.ShouldAllBe(static line => !line.Contains("Wave 3", StringComparison.Ordinal) && !line.Contains("bot 0", StringComparison.Ordinal));
    }
}
