using System.Collections.Concurrent;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Zero overshoot: however many race, on two instances over one real storage.</summary>
public sealed class RacersTests
{
    [Fact]
    public async Task Of_200_racers_for_the_last_unit_on_two_instances_exactly_one_gets_it()
    {
        await using var world = await GateWorld.StartAsync(instances: 2, registry: registry => registry["tools"]![0]!["quotas"]![0]!["limit"] = 1);
        var token = world.IdToken("racer");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => UntilDecidedAsync(world, token, i % 2)));

        var lost = answers.Count(answer => answer.Status == 503);
        answers.Count(answer => answer.Status == 200).ShouldBeInRange(lost == 0 ? 1 : 0, 1);
        answers.Where(answer => answer.Status is not (200 or 503)).ShouldAllBe(answer => answer.Status == 429 && answer.Reason == "quota_exceeded");
        await ShouldHoldAsync(world, granted: 1);
    }

    [Fact]
    public async Task Of_2000_racers_for_500_units_on_two_instances_exactly_500_get_one()
    {
        await using var world = await GateWorld.StartAsync(instances: 2, registry: registry => registry["tools"]![0]!["quotas"]![0]!["limit"] = 500);
        var token = world.IdToken("racer");
        var granted = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async i =>
        {
            var answer = await UntilDecidedAsync(world, token, i % 2);
            if (answer.Status == 200)
            {
                granted.TryAdd(answer.GrantId, true).ShouldBeTrue("a grant was given twice");
            }

            return answer;
        }));

        // A 503 may have been charged: nobody was told yes, and without an Idempotency-Key nobody can ask again.
        var lost = answers.Count(answer => answer.Status == 503);
        granted.Count.ShouldBeInRange(500 - lost, 500);
        answers.Where(answer => answer.Status is not (200 or 503)).ShouldAllBe(answer => answer.Status == 429 && answer.Reason == "quota_exceeded");
        lost.ShouldBeLessThan(100);
        await ShouldHoldAsync(world, granted: 500);
    }

    // A racer that is told to wait its turn comes back, as any app would.
    private static async Task<TokenAnswer> UntilDecidedAsync(GateWorld world, string token, int instance)
    {
        while (true)
        {
            var answer = await world.Call(token, instance).SendAsync();
            if (answer.Reason is not ("too_many_waiting" or "contended" or "registry_stale"))
            {
                return answer;
            }

            answer.Headers.ContainsKey("Retry-After").ShouldBeTrue();
            await Task.Delay(TimeSpan.FromMilliseconds(50));
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
