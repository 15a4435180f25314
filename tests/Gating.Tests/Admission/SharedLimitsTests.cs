using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

/// <summary>Limits that everybody of a tool shares, at the gate.</summary>
public sealed class SharedLimitsTests
{
    [Fact]
    public async Task Units_of_a_minute_that_ended_while_a_request_waited_for_its_turn_grant_nothing()
    {
        var gate = new GateFixture();
        gate.FirstTool["quotas"]!.AsArray().Add(JsonNode.Parse("""{"name":"all","scope":"tool","kind":"calendar","limit":1000,"period":"minute"}"""));
        await gate.AskAsync();
        gate.Time.Pass(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(500) - TimeSpan.FromTicks(gate.Time.GetUtcNow().UtcTicks % TimeSpan.TicksPerMinute));

        // Both have units of the minute's block; the second is decided when the first one's commit is answered, and the minute is over.
        var hold = gate.Faults.HoldNext(StoreCall.Commit);
        var first = gate.AskAsync();
        await hold.Reached;
        var second = gate.AskAsync();
        gate.Time.Pass(TimeSpan.FromSeconds(1));
        hold.Release();

        (await first).ShouldBeOfType<AdmissionDecision.Granted>();
        var granted = (await second).ShouldBeOfType<AdmissionDecision.Granted>().Terms.IssuedAt.ToUnixTimeMilliseconds();
        (await LeasedAsync(gate)).ShouldContain(leased => leased.From <= granted && granted < leased.Until);
    }

    private static async Task<List<(long From, long Until)>> LeasedAsync(GateFixture gate)
    {
        var owner = await gate.Names.OfAsync("tool", GateFixture.Tool, default);
        return await gate.Ledger.ReadEntriesAsync(owner, 1, long.MaxValue, default).Select(static entry =>
        {
            entry.Kind.ShouldBe(EntryKind.Leased);
            using var json = JsonDocument.Parse(entry.Public);
            return (json.RootElement.GetProperty("from").GetInt64(), json.RootElement.GetProperty("until").GetInt64());
        }).ToListAsync();
    }
}
