using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Sealing;

/// <summary>Several instances at once, one of them paused anywhere: one sequence, no gap, no fork, and every checkpoint that was served is a prefix of the next.</summary>
public sealed class SealerRacesTests
{
    /// <summary>Leaves before it begins: the message's own complete the first tile and begin a second.</summary>
    private const int Before = 254;

    [Fact]
    public async Task Whoever_is_paused_at_any_call_and_comes_back_after_others_sealed_twice_changes_nothing()
    {
        var calls = 0;
        for (var nth = 1; ; nth++)
        {
            var (world, message) = await LogWorld.BeginAsync(Before);
            var hold = world.Faults.HoldAny(nth);
            var (_, paused) = world.NewInstance();
            var late = Task.Run(() => LogWorld.TryAsync(() => paused.HandleAsync(message, default)));
            if (await Task.WhenAny(late, hold.Reached) == late)
            {
                break;
            }

            calls = nth;
            for (var i = 0; i < 2; i++)
            {
                world.Time.Pass(TimeSpan.FromMinutes(1));
                await world.LogAsync(3);
            }

            var size = (await world.CheckpointAsync()).Size;
            hold.Release();
            await late;
            (await world.CheckpointAsync()).Size.ShouldBeGreaterThanOrEqualTo(size, $"call {nth}");
            world.Time.Pass(TimeSpan.FromMinutes(1));
            await world.Handler.HandleAsync(message, default);
            await world.DrainAsync();
            await world.ShouldBeSoundAsync();
            (await world.CheckpointAsync()).Size.ShouldBe(Before + 12, $"call {nth}");
        }

        calls.ShouldBeGreaterThan(35);
    }

    [Fact]
    public async Task Many_instances_that_get_everything_at_once_and_twice_make_one_log()
    {
        var world = new LogWorld();
        var streams = new List<StreamId>();
        for (var i = 0; i < 12; i++)
        {
            streams.Add(await world.AppendAsync(50));
        }

        var messages = streams.SelectMany(static stream => Enumerable.Range(0, 10).Select(i => LogWorld.Message(new TraceReference(stream, (i * 5) + 1, (i * 5) + 5)))).ToArray();
        var random = new Random(20261127);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var (_, handler) = world.NewInstance();
            var order = messages.ToArray();
            lock (random)
            {
                random.Shuffle(order);
            }

            foreach (var message in order)
            {
                await Task.Yield();
                world.Time.Pass(TimeSpan.FromMilliseconds(300));
                (await handler.HandleAsync(message, default)).ShouldBeOfType<MessageOutcome.Done>();
            }
        }));
        world.Time.Pass(TimeSpan.FromMinutes(1));
        await world.Sealer.RunAsync(default);
        await world.DrainAsync();
        await world.ShouldBeSoundAsync();
        (await world.CheckpointAsync()).Size.ShouldBe(600);
    }

    [Fact]
    public async Task Two_who_have_the_lease_at_once_make_one_log()
    {
        for (var nth = 1; nth < 30; nth++)
        {
            var (world, message) = await LogWorld.BeginAsync(Before);
            var stream = await world.AppendAsync(4);
            await world.Handler.HandleAsync(LogWorld.Message(new TraceReference(stream, 1, 4)), default);
            world.Time.Pass(TimeSpan.FromMinutes(1));

            // The first one stops somewhere; by then its lease has ended, and both go on together.
            var hold = world.Faults.HoldAny(nth);
            var first = Task.Run(() => LogWorld.TryAsync(() => world.NewInstance().Handler.HandleAsync(message, default)));
            await Task.WhenAny(first, hold.Reached);
            world.Time.Pass(TimeSpan.FromMinutes(1));
            var second = Task.Run(() => LogWorld.TryAsync(() => world.NewInstance().Handler.HandleAsync(message, default)));
            hold.Release();
            await Task.WhenAll(first, second);
            world.Time.Pass(TimeSpan.FromMinutes(1));
            await world.Sealer.RunAsync(default);
            await world.ShouldBeSoundAsync();
            (await world.CheckpointAsync()).Size.ShouldBe(Before + 10);
        }
    }
}
