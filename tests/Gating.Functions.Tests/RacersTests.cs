using System.Collections.Concurrent;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>Zero overshoot: however many race, on two instances over one real storage.</summary>
public sealed class RacersTests(ITestOutputHelper output)
{
    private int _contended;
    private int _unknown;

    [Fact]
    public async Task Of_200_racers_for_the_last_unit_on_two_instances_exactly_one_gets_it() => await RaceAsync(racers: 200, units: 1);

    [Fact]
    public async Task Of_2000_racers_for_500_units_on_two_instances_exactly_500_get_one() => await RaceAsync(racers: 2000, units: 500);

    private async Task RaceAsync(int racers, int units)
    {
        await using var world = await GateWorld.StartAsync(instances: 2, registry: registry => registry["tools"]![0]!["quotas"]![0]!["limit"] = units);
        var token = world.IdToken("racer");
        var granted = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, racers).Select(async i =>
        {
            var answer = await UntilDecidedAsync(world, token, i % 2);
            if (answer.Status == 200)
            {
                granted.TryAdd(answer.GrantId, true).ShouldBeTrue("a grant was given twice");
            }

            return answer;
        }));

        output.WriteLine($"{racers} racers, {units} units: {granted.Count} grants, {answers.Count(answer => answer.Status == 429)} refusals; on the way {_contended} were told to come back, {_unknown} that storage did not answer");
        answers.Where(answer => answer.Status != 200).ShouldAllBe(answer => answer.Status == 429 && answer.Reason == "quota_exceeded");

        // "Contended" says that nothing was charged, so that all of the quota is granted in the end. Only where storage did not answer a unit may be charged that nobody was given.
        granted.Count.ShouldBeInRange(Math.Max(0, units - _unknown), units);
        await ShouldHoldAsync(world, units);
    }

    // A racer that is told to come back does, as any app would.
    private async Task<TokenAnswer> UntilDecidedAsync(GateWorld world, string token, int instance)
    {
        while (true)
        {
            var answer = await world.Call(token, instance).SendAsync();
            if (answer.Status == 503)
            {
                Interlocked.Increment(ref answer.Reason == "contended" ? ref _contended : ref _unknown);
            }

            if (answer.Status != 503 && answer.Reason != "too_many_waiting")
            {
                return answer;
            }

            answer.Headers.ContainsKey("Retry-After").ShouldBeTrue();
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static async Task ShouldHoldAsync(GateWorld world, int granted)
    {
        var stream = await world.StreamOfAsync("racer");
        await world.ShouldBeSoundAsync(stream);
        var entries = await world.EntriesAsync(stream);
        entries.Count(entry => entry.Kind is EntryKind.Granted).ShouldBe(granted);
        (await world.Ledger.ReadHeadAsync(stream, default))!.Head.State.Windows.Single().Used.ShouldBe(granted);
    }
}
