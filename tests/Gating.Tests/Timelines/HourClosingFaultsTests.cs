using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Timelines;

/// <summary>Every call of a run goes wrong in each way, or is the last of its process: the next run finds every hour closed as it is.</summary>
public sealed class HourClosingFaultsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.Duplicate, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, true)]
    public async Task Whatever_call_goes_wrong_the_next_run_finds_every_hour_closed_as_it_is(Fault fault, bool dies)
    {
        var (calls, unanswered, most) = (0, 0, 0);
        for (var nth = 1; ; nth++)
        {
            var world = await BeginAsync();
            Action<Fault, long> breaks = dies ? world.Faults.DieAt : world.Faults.OnAny;
            breaks(fault, nth);
            var outcome = await world.TryAsync();
            if (!world.Faults.Revive())
            {
                break;
            }

            (calls, unanswered) = (nth, unanswered + (outcome is null ? 1 : 0));
            await world.RunAsync();
            await world.ShouldBeRightAsync($"{fault} at call {nth}");
            most = Math.Max(most, await RepeatsAsync(world));
        }

        output.WriteLine($"{fault}{(dies ? ", and dies" : string.Empty)}: {calls} calls, {unanswered} of them ended the run, at most {most} entries that say again what one before them says");
        calls.ShouldBeGreaterThan(25);
        most.ShouldBeLessThanOrEqualTo(4);
    }

    /// <summary>Six hours on two lists: one closed before and since added to.</summary>
    internal static async Task<HourWorld> BeginAsync()
    {
        var world = new HourWorld();
        await world.IndexAsync(SomeTimelines.Hour, 2);
        world.PassHour();
        await world.RunAsync();
        await world.IndexAsync(SomeTimelines.Hour, 2);
        await world.IndexAsync(HourWorld.Noon, 3);
        world.Time.Pass(TimeSpan.FromHours(1));
        await world.IndexAsync(HourWorld.Noon.Next, 1);
        world.PassHour();
        return world;
    }

    /// <summary>Entries that say again what one before them says.</summary>
    internal static async Task<int> RepeatsAsync(HourWorld world) =>
        (await world.ClosedAsync()).GroupBy(static one => (one.Closed.Timeline, one.Closed.Hour, one.Closed.Digest)).Sum(static same => same.Count() - 1);
}
