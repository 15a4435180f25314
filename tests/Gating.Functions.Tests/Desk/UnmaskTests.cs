using Gating.Functions.Tests.World;
using Gating.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>From the pseudonym to the person: by two humans, under a mandate that allows it, each step an entry, shown once.</summary>
public sealed class UnmaskTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: DeskCall.Trust);
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Two_humans_name_a_person_once()
    {
        var mandate = await _desk.MandateAsync("rita");
        var request = await RequestAsync(mandate, await PersonAsync("mei"));
        (await TellAsync(request)).ShouldBe(403, "request_not_approved");
        (await DecideAsync(request, "approve", _desk.Admin("rita"))).ShouldBe(403, "second_human_needed");
        (await _desk.GetAsync($"/v1/unmask/{request}", _desk.Admin("ben"))).Text("reason").ShouldBe("A complaint");
        (await DecideAsync(request, "approve", _desk.Admin("ben"))).ShouldBe(200);
        (await DecideAsync(request, "approve", _desk.Admin("ben"))).ShouldBe(200);
        (await DecideAsync(request, "decline", _desk.Admin("ben"))).ShouldBe(409, "request_decided");
        (await TellAsync(request, "rob")).ShouldBe(404, "request_unknown");

        var told = await TellAsync(request);
        told.ShouldBe(200);
        var identity = told.Json.GetProperty("identities").EnumerateArray().ShouldHaveSingleItem();
        identity.GetProperty("iss").GetString().ShouldBe(_world.IdentityIssuer);
        identity.GetProperty("sub").GetString().ShouldBe("mei");
        (await TellAsync(request)).ShouldBe(410, "request_told");

        var stream = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
        var entries = await _world.EntriesAsync(stream);
        entries.Select(static entry => entry.Kind).ShouldBe(
            [EntryKind.MandateProposed, EntryKind.MandateApproved, EntryKind.UnmaskRequested, EntryKind.UnmaskApproved, EntryKind.Unmasked]);
        entries.Select(static entry => System.Text.Encoding.UTF8.GetString(entry.Public.Span)).ShouldAllBe(static open => !open.Contains("mei", StringComparison.Ordinal));
        await _world.ShouldBeSoundAsync(stream);
        _world.Logs.Lines.ShouldAllBe(static line => !line.Contains("mei", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_many_who_ask_for_the_answer_at_once_one_gets_it()
    {
        var request = await RequestAsync(await _desk.MandateAsync("rita"), await PersonAsync("lin"));
        (await DecideAsync(request, "approve", _desk.Admin("ben"))).ShouldBe(200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => TellAsync(request)));
        answers.Count(static answer => answer.Status is 200).ShouldBe(1);
        answers.Count(static answer => answer.Status is 410).ShouldBe(11);
    }

    [Fact]
    public async Task Without_a_mandate_that_allows_it_nobody_is_named()
    {
        var person = await PersonAsync("wei");
        var blind = await _desk.MandateAsync("rita", fields: "\"labels\"");
        (await AskAsync(blind, person)).ShouldBe(403, "mandate_out_of_scope");

        var mandate = await _desk.MandateAsync("rita");
        var declined = await RequestAsync(mandate, person);
        (await DecideAsync(declined, "decline", _desk.Admin("ben"))).ShouldBe(200);
        (await TellAsync(declined)).ShouldBe(403, "request_not_approved");

        var late = await RequestAsync(mandate, person);
        (await DecideAsync(late, "approve", _desk.Admin("ben"))).ShouldBe(200);
        (await _desk.PostAsync($"/v1/mandates/{mandate}/withdraw", _desk.Admin("ada"))).ShouldBe(200);
        (await TellAsync(late)).ShouldBe(403, "mandate_withdrawn");
    }

    [Fact]
    public async Task Whom_a_consent_was_for_is_not_told_with_who_gave_it()
    {
        var studio = new StudioCall(_world.Http, _world.Addresses[0]);
        var granted = await _world.Call(_world.IdToken("mei")).SendAsync();
        var requester = TokenAnswer.Claims(granted.Grant).GetProperty("sub").GetString();
        var given = await studio.PostAsync("/v1/consents", $$"""{"subject_token":"{{_world.IdToken("lin")}}","requester":"{{requester}}","purpose":"A film","expires":"{{TestRegistry.Date(9)}}T00:00:00Z"}""");
        given.Status.ShouldBe(201);
        var request = await RequestAsync(await _desk.MandateAsync("rita"), await PersonAsync("lin"));
        (await DecideAsync(request, "approve", _desk.Admin("ben"))).ShouldBe(200);
        var identity = (await TellAsync(request)).Json.GetProperty("identities").EnumerateArray().ShouldHaveSingleItem();
        identity.EnumerateObject().Select(static member => member.Name).ShouldBe(["v", "iss", "sub", "assurance", "method", "verified_at"]);
        identity.GetProperty("sub").GetString().ShouldBe("lin");
    }

    /// <summary>The handle of a person, by a question under a mandate of its own.</summary>
    private async Task<string> PersonAsync(string subject)
    {
        (await _world.Call(_world.IdToken(subject)).SendAsync()).Status.ShouldBe(200);
        var stream = await _world.StreamOfAsync(subject);
        return _world.Services.GetRequiredService<Access.DeskHandles>().OfPerson(new(_world.IdentityIssuer, "rita", null), stream);
    }

    private Task<DeskAnswer> AskAsync(string mandate, string person) =>
        _desk.PostAsync("/v1/unmask", _desk.Regulator("rita"), $$"""{"mandate":"{{mandate}}","person":"{{person}}","reason":"A complaint"}""");

    private async Task<string> RequestAsync(string mandate, string person)
    {
        var asked = await AskAsync(mandate, person);
        asked.ShouldBe(202);
        return asked.Text("request");
    }

    private Task<DeskAnswer> DecideAsync(string request, string word, string admin) => _desk.PostAsync($"/v1/unmask/{request}/{word}", admin);

    private Task<DeskAnswer> TellAsync(string request, string regulator = "rita") => _desk.PostAsync($"/v1/unmask/{request}/tell", _desk.Regulator(regulator));
}
