using System.Text.Json;
using Gating.Admission;
using Gating.Ledger;
using Gating.Moderators;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.Moderators;

/// <summary>A tool that wants to hear that an app's filters are active opens while the app says so, and not longer.</summary>
public sealed class FilterHeartbeatsTests
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Half = Age / 2;

    public static TheoryData<Fault> Faults => [Fault.Before, Fault.After, Fault.Duplicate];

    [Fact]
    public async Task Whoever_is_silent_for_longer_than_the_age_gets_no_grant_until_they_say_so_again()
    {
        var gate = Demanding();
        (await ReasonAsync(gate)).ShouldBe(RefusalReason.ModerationStale);
        var said = (await RecordAsync(gate.Filters)).ShouldNotBeNull();
        (await ReasonAsync(gate)).ShouldBeNull();
        using (var granted = JsonDocument.Parse((await gate.EntriesAsync())[^1].Public))
        {
            (granted.RootElement.GetProperty("v").GetInt32(), granted.RootElement.GetProperty("filters").GetInt64()).ShouldBe((5, said.Seq));
        }

        gate.Time.Pass(said.Until - gate.Time.GetUtcNow() - TimeSpan.FromSeconds(5));
        (await ReasonAsync(gate)).ShouldBeNull();
        gate.Time.Pass(TimeSpan.FromSeconds(5));
        (await ReasonAsync(gate)).ShouldBe(RefusalReason.ModerationStale);
        (await gate.Filters.FindAsync("app", GateFixture.Tool, Age, default)).ShouldBeNull();

        // Said to one instance, it opens every other.
        (await RecordAsync(Another(gate))).ShouldNotBeNull();
        (await ReasonAsync(gate)).ShouldBeNull();
        (await EntriesAsync(gate)).Select(static entry => entry.Kind).ShouldBe([EntryKind.FiltersActive, EntryKind.FiltersActive]);
    }

    [Fact]
    public async Task One_is_for_one_app_one_tool_and_one_age()
    {
        var gate = Demanding();
        await gate.Filters.RecordAsync("app", GateFixture.OtherTool, Age, "1", default);
        await gate.Filters.RecordAsync("other", GateFixture.Tool, Age, "1", default);
        await gate.Filters.RecordAsync("app", GateFixture.Tool, 2 * Age, "1", default);
        (await ReasonAsync(gate)).ShouldBe(RefusalReason.ModerationStale);
        await RecordAsync(gate.Filters);
        (await ReasonAsync(gate)).ShouldBeNull();
    }

    [Fact]
    public async Task One_that_ran_out_before_the_decision_opens_nothing()
    {
        var gate = Demanding();
        await gate.AskAsync();
        await RecordAsync(gate.Filters);
        var commit = gate.Faults.HoldNext(StoreCall.Commit);
        var asking = gate.AskAsync();
        await commit.Reached;

        // Somebody else moves the head meanwhile, so that it is decided again: later, on what was read before.
        var stream = ((NamedStream.Found)await gate.Names.OfPersonAsync(GateFixture.Person(), default)).Stream;
        var proposal = new Proposal<bool>(OperationId.Create(), [], static (state, _) => new(state, [new(EntryKind.HoldLifted, "{\"v\":1}"u8.ToArray(), default)], [], null, null, true));
        await new Appender(gate.Store, gate.Queue, new(new byte[OperatorKey.Size]), gate.Time).AppendAsync(stream, proposal, isNew: false);
        gate.Time.Set(Age);
        commit.Release();
        (await asking).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ModerationStale);
    }

    [Fact]
    public async Task What_comes_more_often_than_every_half_of_the_age_costs_nothing_and_records_nothing()
    {
        var gate = Demanding();
        var (other, third) = (Another(gate), Another(gate));
        ToNextHalf(gate);
        var first = await RecordAsync(gate.Filters);
        var calls = gate.Faults.AllCalls;
        (await RecordAsync(gate.Filters)).ShouldBe(first);
        (gate.Faults.AllCalls - calls).ShouldBe(0);
        (await RecordAsync(other)).ShouldBe(first);
        (await EntriesAsync(gate)).Count.ShouldBe(1);

        // Two reads of an instance that knows nothing, the name and the head, and none until it runs out.
        calls = gate.Faults.AllCalls;
        (await third.FindAsync("app", GateFixture.Tool, Age, default)).ShouldBe(first);
        (gate.Faults.AllCalls - calls).ShouldBe(2);
        await third.FindAsync("app", GateFixture.Tool, Age, default);
        (gate.Faults.AllCalls - calls).ShouldBe(2);

        ToNextHalf(gate);
        var second = await RecordAsync(other);
        second!.Until.ShouldBeGreaterThan(first!.Until);
        (await RecordAsync(gate.Filters)).ShouldBe(second);
        (await EntriesAsync(gate)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_says_so_every_half_of_the_age_is_never_found_silent()
    {
        var (gate, random) = (Demanding(), new Random(7));
        FilterHeartbeats[] instances = [gate.Filters, Another(gate), Another(gate)];
        for (var said = 0; said < 200; said++)
        {
            await RecordAsync(instances[random.Next(3)]);
            var left = Half - TimeSpan.FromMilliseconds(50);
            for (var asked = 0; asked < 3; asked++)
            {
                var part = asked == 2 ? left : left * random.NextDouble();
                gate.Time.Pass(part);
                left -= part;
                (await instances[random.Next(3)].FindAsync("app", GateFixture.Tool, Age, default)).ShouldNotBeNull($"after heartbeat {said}");
            }
        }

        (await EntriesAsync(gate)).Count.ShouldBeInRange(190, 201);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Said_again_after_any_failure_it_stands_once(Fault fault)
    {
        var nth = 0L;
        for (var isMet = true; isMet;)
        {
            var gate = Demanding();
            ToNextHalf(gate);
            gate.Faults.DieAt(fault, ++nth);
            try
            {
                await RecordAsync(gate.Filters);
            }
            catch (StorageUnavailableException)
            {
                // Nobody knows; so it is said again, to another instance.
            }

            isMet = gate.Faults.Revive();
            (await RecordAsync(Another(gate))).ShouldNotBeNull();
            (await EntriesAsync(gate)).Count.ShouldBe(1, $"{fault} at call {nth}");
            (await ReasonAsync(gate)).ShouldBeNull();
        }

        nth.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_head_that_has_no_room_left_refuses_and_has_room_again_when_others_ran_out()
    {
        var gate = Demanding();
        ToNextHalf(gate);
        for (var tool = 0; tool < Head.MaxShortLived; tool++)
        {
            (await gate.Filters.RecordAsync("app", $"https://tools.test/{tool}", Age, "1", default)).ShouldNotBeNull();
        }

        (await RecordAsync(gate.Filters)).ShouldBeNull();
        gate.Time.Pass(Age);
        (await RecordAsync(gate.Filters)).ShouldNotBeNull();
    }

    private static GateFixture Demanding()
    {
        var gate = new GateFixture();
        gate.FirstTool["filterHeartbeatSeconds"] = (int)Age.TotalSeconds;
        gate.FirstTool["quotas"]![0]!["limit"] = 1000;
        return gate;
    }

    private static FilterHeartbeats Another(GateFixture gate) => new(new(gate.Store, gate.Queue, new(new byte[OperatorKey.Size]), gate.Time), gate.Store, gate.NewNames(), gate.Time);

    private static Task<FilterHeartbeat?> RecordAsync(FilterHeartbeats heartbeats) => heartbeats.RecordAsync("app", GateFixture.Tool, Age, "2026-11", default);

    private static async Task<RefusalReason?> ReasonAsync(GateFixture gate) => await gate.AskAsync() is AdmissionDecision.Refused refused ? refused.Refusal.Reason : null;

    private static async Task<List<Entry>> EntriesAsync(GateFixture gate) =>
        await gate.Ledger.ReadEntriesAsync(await gate.NewNames().OfAsync(StreamNames.App, "app", default), 1, long.MaxValue, default).ToListAsync();

    /// <summary>Just after one has begun.</summary>
    private static void ToNextHalf(GateFixture gate) => gate.Time.Pass(Half - TimeSpan.FromTicks(gate.Time.GetUtcNow().UtcTicks % Half.Ticks));
}
