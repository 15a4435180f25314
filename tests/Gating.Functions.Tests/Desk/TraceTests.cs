using System.Text.Json;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>From a file to its record, and on to all that the same person made: under a mandate, recorded first, page by page.</summary>
public sealed class TraceTests : IAsyncLifetime
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
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Who_made_this_file()
    {
        var mandate = await _desk.MandateAsync("rita");
        var (content, labelled) = await MakeAsync("mei");
        await _world.LogAsync();
        var asked = await AskAsync(mandate, $"content_id={content}");
        Kinds(asked).ShouldBe(["gating.entry.granted", "gating.entry.redeemed", "gating.entry.archived"]);
        var person = People(asked).Distinct().ShouldHaveSingleItem();

        (await _desk.SendAsync(HttpMethod.Post, $"/v1/trace/files?mandate={mandate}", _desk.Regulator("rita"), labelled)).Text("record").ShouldBe("identical");
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(labelled));
        People(await AskAsync(mandate, $"sha256={digest}")).Distinct().ShouldBe([person]);
        Kinds(await AskAsync(mandate, $"person={person}&kind=archived")).ShouldBe(["gating.entry.archived"]);
        asked.Body.ShouldNotContain("mei");
        asked.Body.ShouldNotContain((await _world.StreamOfAsync("mei")).ToString());
    }

    [Fact]
    public async Task Every_question_is_an_entry_before_its_answer_and_names_its_mandate()
    {
        var mandate = await _desk.MandateAsync("rita");
        var stream = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Regulator, $"{_world.IdentityIssuer}\nrita", default);
        (await AskAsync(mandate, $"sha256={new string('a', 64)}")).Text("question").ShouldBe("q1");
        (await AskAsync(mandate, $"sha256={new string('b', 64)}")).Text("question").ShouldBe("q2");
        (await AskAsync(mandate, "sha256=zz", status: 400)).Reason.ShouldBe("question_malformed");
        var entries = await _world.EntriesAsync(stream);
        entries.Select(static entry => entry.Kind).ShouldBe([EntryKind.Asked, EntryKind.Asked]);
        foreach (var entry in entries)
        {
            JsonDocument.Parse(entry.Public).RootElement.GetProperty("mandate").GetInt64().ShouldBe(long.Parse(mandate[1..], System.Globalization.CultureInfo.InvariantCulture));
            var opened = await _world.Services.GetRequiredService<SealedReader>().OpenAsync(entry, default);
            JsonDocument.Parse(opened!).RootElement.GetProperty("question").GetProperty("sha256").GetString()!.Length.ShouldBe(64);
        }

        await _world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task Handles_of_one_regulator_mean_nothing_to_another()
    {
        var (mandate, others) = (await _desk.MandateAsync("rita"), await _desk.MandateAsync("rob"));
        var (content, _) = await MakeAsync("mei");
        var hers = People(await AskAsync(mandate, $"content_id={content}"))[0];
        var his = People(await AskAsync(others, $"content_id={content}", "rob"))[0];
        his.ShouldNotBe(hers);
        (await AskAsync(others, $"person={hers}", "rob", 400)).Reason.ShouldBe("question_malformed");
    }

    [Fact]
    public async Task A_mandate_is_kept_to()
    {
        var (content, _) = await MakeAsync("mei");
        await MakeAsync("lin");
        var open = await _desk.MandateAsync("rita");
        var mei = People(await AskAsync(open, $"content_id={content}"))[0];
        var narrow = await _desk.MandateAsync("rita", "", $"\"apps\":[\"{TestRegistry.App}\"],\"people\":[\"{mei}\"],");
        var asked = await AskAsync(narrow, $"content_id={content}&app={TestRegistry.App}");
        Kinds(asked).Length.ShouldBe(3);
        asked.Json.GetProperty("entries")[2].GetProperty("data").TryGetProperty("label", out _).ShouldBeFalse();
        asked.Json.GetProperty("entries")[1].GetProperty("data").TryGetProperty("input_digests", out _).ShouldBeFalse();
        (await AskAsync(narrow, $"person={mei}&app={TestRegistry.OtherApp}", status: 403)).Reason.ShouldBe("mandate_out_of_scope");
        (await AskAsync(narrow, $"person={mei}&to=2020-01-01T00:00:00Z", status: 403)).Reason.ShouldBe("mandate_out_of_scope");

        var elsewhere = await _desk.MandateAsync("rita", limits: $"\"apps\":[\"{TestRegistry.OtherApp}\"],");
        var withheld = await AskAsync(elsewhere, $"content_id={content}");
        Kinds(withheld).ShouldBeEmpty();
        withheld.Json.GetProperty("withheld").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task Pages_follow_one_another_and_hold_everything_once_while_more_is_written()
    {
        var mandate = await _desk.MandateAsync("rita");
        var (content, _) = await MakeAsync("mei");
        for (var i = 0; i < 6; i++)
        {
            (await _world.Call(_world.IdToken("mei")).SendAsync()).Status.ShouldBe(200);
        }

        var person = People(await AskAsync(mandate, $"content_id={content}"))[0];
        var page = await AskAsync(mandate, $"person={person}&limit=4");
        var seqs = Seqs(page).ToList();
        for (var more = 0; page.Link is { } link; more++)
        {
            await _world.Call(_world.IdToken("mei")).SendAsync();
            more.ShouldBeLessThan(10);
            page = await _desk.GetAsync(link.Split('>')[0].TrimStart('<'), _desk.Regulator("rita"));
            page.ShouldBe(200);
            seqs.AddRange(Seqs(page));
        }

        seqs.ShouldBe(Enumerable.Range(1, seqs.Count).Select(static seq => (long)seq));
        seqs.Count.ShouldBeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_question_alone()
    {
        var mandate = await _desk.MandateAsync("rita");
        var (content, _) = await MakeAsync("mei");
        var page = await AskAsync(mandate, $"content_id={content}&limit=1");
        var cursor = page.Text("next");
        Kinds(await AskAsync(mandate, $"content_id={content}&limit=2&cursor={cursor}")).ShouldBe(["gating.entry.redeemed", "gating.entry.archived"]);
        (await AskAsync(mandate, $"content_id={content}&kind=granted&cursor={cursor}", status: 400)).Reason.ShouldBe("question_malformed");
        (await AskAsync(await _desk.MandateAsync("rita"), $"content_id={content}&cursor={cursor}", status: 400)).Reason.ShouldBe("question_malformed");
        var broken = (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..];
        (await AskAsync(mandate, $"content_id={content}&cursor={broken}", status: 400)).Reason.ShouldBe("question_malformed");
    }

    private static string[] Kinds(DeskAnswer answer) => [.. answer.Json.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("type").GetString()!)];

    private static string[] People(DeskAnswer answer) => [.. answer.Json.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("subject").GetString()!)];

    private static long[] Seqs(DeskAnswer answer) => [.. answer.Json.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("seq").GetInt64())];

    private async Task<DeskAnswer> AskAsync(string mandate, string question, string regulator = "rita", int status = 200)
    {
        var answer = await _desk.GetAsync($"/v1/trace/entries?mandate={mandate}&{question}", _desk.Regulator(regulator));
        answer.ShouldBe(status);
        return answer;
    }

    private async Task<(string Content, byte[] Labelled)> MakeAsync(string person)
    {
        var granted = await _world.Call(_world.IdToken(person)).SendAsync();
        var put = await _studio.PutAsync(await _studio.BeginOneAsync(granted.Grant), TinyPng.Of((byte)person.Length));
        put.Status.ShouldBe(201, put.ToString());
        return (put.Text("content_id"), (await _studio.GetAsync($"/v1/outputs/{put.Text("content_id")}")).Bytes);
    }
}
