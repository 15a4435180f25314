using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Tests.Timelines;

/// <summary>Several runs at once, one of them paused anywhere while others close the same hours: what is recorded last is right.</summary>
public sealed class HourClosingRacesTests
{
    [Fact]
    public async Task Whoever_is_paused_at_any_call_and_comes_back_hours_later_leaves_the_last_word_right()
    {
        var calls = 0;
        for (var nth = 1; ; nth++)
        {
            var world = await HourClosingFaultsTests.BeginAsync();
            var hold = world.Faults.HoldAny(nth);
            var late = Task.Run(() => world.TryAsync());
            if (await Task.WhenAny(late, hold.Reached) == late)
            {
                break;
            }

            calls = nth;
            await world.IndexAsync(SomeTimelines.Hour, 1);
            world.PassHour();
            await world.RunAsync();
            await world.IndexAsync(HourWorld.Noon, 2);
            world.PassHour();
            await world.RunAsync();
            hold.Release();
            await late;
            await world.ShouldBeRightAsync($"paused at call {nth}");
            await world.RunAsync();
            await world.ShouldBeRightAsync($"paused at call {nth}, and a run more");
        }

        calls.ShouldBeGreaterThan(25);
    }

    [Fact]
    public async Task Several_who_run_at_once_say_the_same()
    {
        var world = await HourClosingFaultsTests.BeginAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.RunAsync())));
        await world.ShouldBeRightAsync();
        (await HourClosingFaultsTests.RepeatsAsync(world)).ShouldBeLessThanOrEqualTo(3 * 6);
    }
}
