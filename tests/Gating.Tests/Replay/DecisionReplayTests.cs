using System.Text;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Replay;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Gating.Timelines;
using Gating.Usage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Replay;

/// <summary>Recorded decisions, gone through once more by the quotas of a draft.</summary>
public sealed class DecisionReplayTests(ITestOutputHelper output)
{
    private static readonly RegistryItem Policy = new(RegistryItem.Policy, "default");
    private static readonly RegistryItem Tool = new(RegistryItem.Tool, GateFixture.Tool);

    private readonly GenerationFixture _world = new();
    private readonly InMemoryTimelineStore _timelines = new();

    private GateFixture Gate => _world.Gate;

    /// <summary>The replay is the gate's own arithmetic: by the registry that decided, everything would have gone as it did, whatever was used, given back, or refused, and when.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task By_the_same_quotas_everything_would_have_gone_as_it_did(int seed)
    {
        var random = new Random(seed);
        Gate.FirstTool["quotas"] = JsonNode.Parse("""[{"name":"burst","scope":"app_person_tool","limit":6,"kind":"burst","refillSeconds":600},{"name":"rolling","scope":"person_tool","limit":9,"kind":"rolling","windowSeconds":3600}]""");
        Gate.Registry["policy"]!["personQuotas"] = JsonNode.Parse("""[{"name":"day","scope":"app_person","limit":40,"kind":"calendar","period":"day"}]""");
        var (asked, grants) = (0, new List<PresentedGrant>());
        for (; asked < 300; asked++)
        {
            var (units, who) = (random.Next(1, 5), $"person {random.Next(3)}");
            if (await AskAsync(units, who) is AdmissionDecision.Granted { Terms: var terms })
            {
                grants.Add(new(terms.Person, terms.Seq, terms.App, terms.Resource, "face_swap", units, terms.ExpiresAt, null));
            }

            if (grants.Count > 0 && random.Next(3) == 0)
            {
                var grant = grants[random.Next(grants.Count)];
                grants.Remove(grant);
                await _world.RedeemAsync(grant, request => request with { Units = random.Next(1, grant.Units + 1) });
            }

            Gate.Time.Pass(TimeSpan.FromSeconds(random.Next(0, 400)));
        }

        var done = await ReplayAsync(Policy, Gate.Registry["policy"]!);
        output.WriteLine($"{done.Tally.Granted} granted, {done.Tally.RefusedForQuotas} refused, {done.Tally.Uncounted} only counted");
        (done.Found, done.Replayed, done.CutOff).ShouldBe((3, 3, 0));
        (done.Tally.Granted + done.Tally.RefusedForQuotas + done.Tally.Uncounted).ShouldBe(asked);
        (done.Tally.WouldRefuse, done.Tally.WouldGrant, done.Tally.Undecided).ShouldBe((0, 0, 0));
        Math.Min(done.Tally.Granted, done.Tally.RefusedForQuotas).ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_tighter_draft_says_who_would_have_been_refused_how_often_and_by_which_quota()
    {
        await AskManyAsync(4, "often");
        await AskManyAsync(1, "once");
        Gate.Registry["policy"]!["personQuotas"] = JsonNode.Parse("""[{"name":"tight","scope":"person","limit":2,"kind":"calendar","period":"month"}]""");
        var done = await ReplayAsync(Policy, Gate.Registry["policy"]!);
        (done.Tally.Granted, done.Tally.WouldRefuse, done.Tally.RefusedForQuotas).ShouldBe((5, 2, 0));
        done.Tally.Quotas.ShouldBe(new Dictionary<(string, QuotaScope), long> { [("tight", QuotaScope.Person)] = 2 });
        done.Hardest.ShouldBe([(await StreamOfAsync("often"), 2)]);
    }

    [Fact]
    public async Task A_wider_draft_of_a_tool_says_who_would_have_been_granted()
    {
        await AskManyAsync(8, "often");
        var tool = Gate.FirstTool.DeepClone();
        tool["quotas"]![0]!["limit"] = 7;
        var done = await ReplayAsync(Tool, tool);
        (done.Tally.Granted, done.Tally.WouldRefuse, done.Tally.RefusedForQuotas, done.Tally.WouldGrant).ShouldBe((5, 0, 3, 2));
        (await ReplayAsync(Tool, Gate.FirstTool)).Tally.WouldGrant.ShouldBe(0);
    }

    [Fact]
    public async Task What_shadows_would_have_refused_is_told_as_it_was_recorded()
    {
        Gate.FirstTool["quotas"]!.AsArray().Add(JsonNode.Parse("""{"name":"draft","scope":"person_tool","limit":2,"kind":"calendar","period":"month","shadow":true}"""));
        await AskManyAsync(5, "often");
        await AskManyAsync(3, "once");
        var done = await ReplayAsync(Policy, Gate.Registry["policy"]!);
        done.Tally.Shadowed.ShouldBe(new Dictionary<string, long> { ["draft"] = 4 });
        (done.Tally.Granted, done.Tally.WouldRefuse).ShouldBe((8, 0));
    }

    [Fact]
    public async Task Units_that_came_back_are_free_again()
    {
        var grant = await _world.GrantAsync(units: 4);
        (await _world.RedeemAsync(grant, static request => request with { Units = 1 })).ShouldBeOfType<GenerationOutcome.Begun>();
        await _world.GrantAsync(units: 3);
        var tool = Gate.FirstTool.DeepClone();
        tool["quotas"]![0]!["limit"] = 4;
        (await ReplayAsync(Tool, tool)).Tally.WouldRefuse.ShouldBe(0);
        tool["quotas"]![0]!["limit"] = 3;
        (await ReplayAsync(Tool, tool)).Tally.WouldRefuse.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_quota_did_not_refuse_is_left_as_it_was_and_what_everybody_shares_is_not_guessed()
    {
        Gate.FirstTool["quotas"] = JsonNode.Parse("""[{"name":"daily","scope":"app_person_tool","limit":5,"kind":"calendar","period":"day"},{"name":"everybody","scope":"tool","limit":1,"kind":"calendar","period":"day"}]""");
        await AskManyAsync(2, "alice");
        (await Gate.AskAsync(static request => request with { Detail = request.Detail with { Operation = "voice_clone" } })).ShouldBeOfType<AdmissionDecision.Refused>();
        var done = await ReplayAsync(Tool, Gate.FirstTool);
        (done.Tally.Granted, done.Tally.RefusedForQuotas, done.Tally.Undecided, done.Tally.WouldGrant, done.Tally.OtherRefusals).ShouldBe((1, 1, 1, 0, 1));
    }

    [Fact]
    public async Task Only_the_span_counts_and_only_people_of_that_app()
    {
        await AskManyAsync(3, "alice");
        Gate.Time.Pass(TimeSpan.FromHours(2));
        var from = Gate.Time.GetUtcNow();
        // An entry's time is a whole millisecond: asked within the one that `from` lies in, it would come before it.
        Gate.Time.Pass(TimeSpan.FromSeconds(1));
        await AskManyAsync(1, "alice");
        var to = Gate.Time.GetUtcNow().AddSeconds(1);
        Gate.Time.Pass(TimeSpan.FromHours(2));
        await AskManyAsync(1, "alice");
        await IndexAsync();
        (await RunAsync(Policy, Gate.Registry["policy"]!, from, to)).ShouldBeOfType<ReplayOutcome.Done>().Tally.Granted.ShouldBe(1);
        (await RunAsync(Policy, Gate.Registry["policy"]!, from, to, "other")).ShouldBeOfType<ReplayOutcome.Done>().Found.ShouldBe(0);
    }

    [Fact]
    public async Task A_draft_with_which_the_registry_is_not_valid_is_told_and_so_is_what_is_not_registered()
    {
        await Gate.WriteRegistryAsync();
        var now = Gate.Time.GetUtcNow();
        (await RunAsync(Policy, JsonNode.Parse("""{"personQuotas":[{"name":"x"}]}""")!, now.AddDays(-1), now)).ShouldBeOfType<ReplayOutcome.Invalid>().Errors.ShouldNotBeEmpty();
        (await RunAsync(new(RegistryItem.Tool, "https://tools.test/none"), Gate.FirstTool, now.AddDays(-1), now)).ShouldBeOfType<ReplayOutcome.NotRegistered>();
        foreach (var (body, at) in new[]
        {
            ("""{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""", "/draft"), ("""{"draft":{},"from":"2026-01-01T00:00:00Z","to":"2026-03-01T00:00:00Z"}""", ""),
            ("""{"draft":{},"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", ""), ("""{"draft":{},"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","days":3}""", "/days"),
        })
        {
            ReplayReader.Read(Encoding.UTF8.GetBytes(body)).Errors.ShouldHaveSingleItem().At.ShouldBe(at);
        }
    }

    private Task<AdmissionDecision> AskAsync(int units, string who) => Gate.AskAsync(request => request with { Identity = GateFixture.Person(who), Detail = request.Detail with { Units = units } });

    private async Task AskManyAsync(int times, string who)
    {
        for (var i = 0; i < times; i++)
        {
            await AskAsync(1, who);
        }
    }

    private async Task<StreamId> StreamOfAsync(string who) => ((NamedStream.Found)await Gate.Names.OfPersonAsync(GateFixture.Person(who), default)).Stream;

    private async Task<ReplayOutcome.Done> ReplayAsync(RegistryItem item, JsonNode draft)
    {
        await IndexAsync();
        var now = Gate.Time.GetUtcNow();
        return (await RunAsync(item, draft, now.AddDays(-7), now.AddSeconds(1))).ShouldBeOfType<ReplayOutcome.Done>();
    }

    private Task<ReplayOutcome> RunAsync(RegistryItem item, JsonNode draft, DateTimeOffset from, DateTimeOffset to, string? app = null) =>
        new DecisionReplay(Gate.RegistryStore, Gate.Ledger, new(_timelines), RegistryMode.Production).RunAsync(item, new(Encoding.UTF8.GetBytes(draft.ToJsonString()), new(from, to), app), default);

    /// <summary>As it is done when entries are logged.</summary>
    private async Task IndexAsync()
    {
        var indexing = new TimelineIndexing(_timelines, new(static () => true, TimeSpan.Zero), Gate.Time);
        foreach (var who in new[] { "alice", "often", "once", "person 0", "person 1", "person 2" })
        {
            await indexing.AddAsync(await Gate.EntriesAsync(who), default);
        }
    }
}
