using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>A mandate takes two humans, is used by one, and ends when it is withdrawn or over.</summary>
public sealed class MandateTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: DeskCall.Trust);
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task One_admin_proposes_another_approves_and_both_are_entries_that_say_nothing_in_the_open()
    {
        var proposed = await _desk.PostAsync("/v1/mandates", _desk.Admin("ada"), _desk.Proposal("rita", "\"labels\""));
        proposed.ShouldBe(201);
        var mandate = proposed.Text("mandate");
        (await _desk.GetAsync($"/v1/mandates/{mandate}", _desk.Admin("ada"))).Text("standing").ShouldBe("proposed");
        (await AskAsync(mandate, "rita")).ShouldBe(403, "mandate_not_approved");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("ada"))).ShouldBe(403, "second_human_needed");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("rita"))).ShouldBe(403, "second_human_needed");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("ben"))).ShouldBe(200);
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("ben"))).ShouldBe(200);
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("cid"))).ShouldBe(409, "mandate_decided");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/decline", _desk.Admin("ben"))).ShouldBe(409, "mandate_decided");
        (await AskAsync(mandate, "rita")).ShouldBe(200);
        (await AskAsync(mandate, "rob")).ShouldBe(404, "mandate_unknown");

        var stream = await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
        var entries = await _world.EntriesAsync(stream);
        entries.Select(static entry => entry.Kind).ShouldBe([EntryKind.MandateProposed, EntryKind.MandateApproved]);
        foreach (var entry in entries)
        {
            entry.Sealed.IsEmpty.ShouldBeFalse();
            var open = System.Text.Encoding.UTF8.GetString(entry.Public.Span);
            open.ShouldNotContain("rita");
            open.ShouldNotContain("case");
        }

        await _world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task Two_accounts_of_one_human_are_one_pair_of_eyes()
    {
        await _world.ChangeRegistryAsync(static registry => registry["issuers"]!.AsArray()[0]!["naturalPersonClaim"] = "citizen");
        await Task.Delay(TimeSpan.FromSeconds(2.2));
        var ada = _desk.Admin("ada", static payload => payload.Text("citizen", "7"));
        var alias = _desk.Admin("ada-2", static payload => payload.Text("citizen", "7"));
        var mandate = (await _desk.PostAsync("/v1/mandates", ada, _desk.Proposal("rita"))).Text("mandate");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", alias)).ShouldBe(403, "second_human_needed");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("ben"))).ShouldBe(401, "token_natural_person_missing");
    }

    [Fact]
    public async Task What_is_withdrawn_on_one_instance_answers_nothing_on_another()
    {
        var mandate = await _desk.MandateAsync("rita");
        var other = new DeskCall(_world, instance: 1);
        (await other.GetAsync($"/v1/trace/entries?mandate={mandate}&content_id=00119000000000000000000000000000", _desk.Regulator("rita"))).Status.ShouldBeOneOf(200, 400);
        (await other.GetAsync($"/v1/trace/entries?mandate={mandate}&sha256={new string('0', 64)}", _desk.Regulator("rita"))).ShouldBe(200);
        (await _desk.PostAsync($"/v1/mandates/{mandate}/withdraw", _desk.Admin("cid"))).ShouldBe(200);
        (await other.GetAsync($"/v1/trace/entries?mandate={mandate}&sha256={new string('0', 64)}", _desk.Regulator("rita"))).ShouldBe(403, "mandate_withdrawn");
        (await _desk.PostAsync($"/v1/mandates/{mandate}/approve", _desk.Admin("dan"))).ShouldBe(403, "mandate_withdrawn");
    }

    [Fact]
    public async Task Who_is_not_strongly_authenticated_is_told_what_to_ask_for()
    {
        var weak = _desk.Admin("ada", static payload => payload.Text("acr", "urn:demo:password"));
        var old = _desk.Admin("ada", static payload => payload.Number("auth_time", DateTimeOffset.UtcNow.AddMinutes(-16).ToUnixTimeSeconds()));
        foreach (var token in new[] { weak, old })
        {
            var answer = await _desk.PostAsync("/v1/mandates", token, _desk.Proposal("rita"));
            answer.ShouldBe(401, "authentication_not_strong");
            answer.Challenge.ShouldContain("insufficient_user_authentication");
            answer.Challenge.ShouldContain($"acr_values=\"{DeskCall.StrongAcr}\"");
            answer.Challenge.ShouldContain("max_age=900");
        }
    }

    [Theory]
    [InlineData("\"expires\"", "/expires")]
    [InlineData("\"case_number\"", "/case_number")]
    [InlineData("\"from\"", "/scope/from")]
    public async Task What_is_wrong_with_a_proposal_is_told_with_its_place(string member, string at)
    {
        var json = _desk.Proposal("rita", "\"labels\",\"faces\"").Replace(member, "\"surprise\"", StringComparison.Ordinal);
        var answer = await _desk.PostAsync("/v1/mandates", _desk.Admin("ada"), json);
        answer.ShouldBe(400, "mandate_malformed");
        var places = answer.Json.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("at").GetString()).ToArray();
        places.ShouldContain(at);
        places.ShouldContain("/scope/fields/1");
    }

    [Fact]
    public async Task A_mandate_lives_a_year_and_a_day_at_most_and_covers_some_time()
    {
        (await _desk.PostAsync("/v1/mandates", _desk.Admin("ada"), _desk.Proposal("rita", expires: DateTimeOffset.UtcNow.AddDays(367)))).ShouldBe(400, "mandate_malformed");
        (await _desk.PostAsync("/v1/mandates", _desk.Admin("ada"), _desk.Proposal("rita", expires: DateTimeOffset.UtcNow.AddMinutes(-1)))).ShouldBe(400, "mandate_malformed");
        (await _desk.PostAsync("/v1/mandates", _desk.Admin("ada"), _desk.Proposal("rita", fromDays: 2))).ShouldBe(400, "mandate_malformed");
    }

    private Task<DeskAnswer> AskAsync(string mandate, string regulator) =>
        _desk.GetAsync($"/v1/trace/entries?mandate={mandate}&sha256={new string('0', 64)}", _desk.Regulator(regulator));
}
