using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Log.Sealing;

/// <summary>
/// Every call to storage that a message causes goes wrong in each way, or is the last one of the process, or is held until others have sealed twice: one sequence, no gap, no fork, and every
/// checkpoint that was served is a prefix of the next.
/// </summary>
public sealed class SealerFaultsTests(ITestOutputHelper output)
{
    /// <summary>Leaves before it begins: the message's own complete the first tile and begin a second.</summary>
    private const int Before = 254;

    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.Duplicate, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, true)]
    public async Task Whatever_call_goes_wrong_the_message_again_finds_one_log(Fault fault, bool dies)
    {
        var (calls, unanswered) = (0, 0);
        for (var nth = 1; ; nth++)
        {
            var (world, message) = await BeginAsync();
            Action<Fault, long> breaks = dies ? world.Faults.DieAt : world.Faults.OnAny;
            breaks(fault, nth);
            var outcome = await TryAsync(() => world.Handler.HandleAsync(message, default));
            if (!world.Faults.Revive())
            {
                break;
            }

            (calls, unanswered) = (nth, unanswered + (outcome is null ? 1 : 0));
            world.Faults.Violations.ShouldBeEmpty($"call {nth}");
            world.Restart();

            // The lease of whoever died ends by itself. The message comes again unless it was answered; then the sweep finds what the message left.
            world.Time.Pass(TimeSpan.FromMinutes(1));
            if (outcome is null)
            {
                (await world.Handler.HandleAsync(message, default)).ShouldBeOfType<MessageOutcome.Done>();
            }

            await new LogSweep(world.Sealer).RunAsync(default);
            world.Time.Pass(TimeSpan.FromMinutes(1));
            await world.DrainAsync();
            await world.ShouldBeSoundAsync();
            (await world.CheckpointAsync()).Size.ShouldBe(Before + 6, $"call {nth}");
        }

        output.WriteLine($"{fault}{(dies ? ", and dies" : string.Empty)}: {calls} calls, {unanswered} of them left the message unanswered");
        calls.ShouldBeGreaterThan(35);
    }

    [Fact]
    public async Task Whoever_is_paused_at_any_call_and_comes_back_after_others_sealed_twice_changes_nothing()
    {
        var (calls, failed) = (0, 0);
        for (var nth = 1; ; nth++)
        {
            var (world, message) = await BeginAsync();
            var hold = world.Faults.HoldAny(nth);
            var (_, paused) = world.NewInstance();
            var late = Task.Run(() => TryAsync(() => paused.HandleAsync(message, default)));
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
            failed += await late is null ? 1 : 0;
            (await world.CheckpointAsync()).Size.ShouldBeGreaterThanOrEqualTo(size, $"call {nth}");
            world.Time.Pass(TimeSpan.FromMinutes(1));
            await world.Handler.HandleAsync(message, default);
            await world.DrainAsync();
            await world.ShouldBeSoundAsync();
            (await world.CheckpointAsync()).Size.ShouldBe(Before + 12, $"call {nth}");
        }

        output.WriteLine($"{calls} calls, {failed} of them failed when they went on");
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
        output.WriteLine($"600 leaves in {world.Published.History.Count} seals, {world.Faults.Calls(StoreCall.WriteLogState)} tries to move the state");
    }

    [Fact]
    public async Task Two_who_have_the_lease_at_once_make_one_log()
    {
        for (var nth = 1; nth < 30; nth++)
        {
            var (world, message) = await BeginAsync();
            var stream = await world.AppendAsync(4);
            await world.Handler.HandleAsync(LogWorld.Message(new TraceReference(stream, 1, 4)), default);
            world.Time.Pass(TimeSpan.FromMinutes(1));

            // The first one stops somewhere; by then its lease has ended, and both go on together.
            var hold = world.Faults.HoldAny(nth);
            var first = Task.Run(() => TryAsync(() => world.NewInstance().Handler.HandleAsync(message, default)));
            await Task.WhenAny(first, hold.Reached);
            world.Time.Pass(TimeSpan.FromMinutes(1));
            var second = Task.Run(() => TryAsync(() => world.NewInstance().Handler.HandleAsync(message, default)));
            hold.Release();
            await Task.WhenAll(first, second);
            world.Time.Pass(TimeSpan.FromMinutes(1));
            await world.Sealer.RunAsync(default);
            await world.ShouldBeSoundAsync();
            (await world.CheckpointAsync()).Size.ShouldBe(Before + 10);
        }
    }

    /// <summary>A log of some leaves, and a message about more of them: of streams that are new and one that is not, with a gap that the ledger fills.</summary>
    private static async Task<(LogWorld World, byte[] Message)> BeginAsync()
    {
        var world = new LogWorld();
        var old = await world.LogAsync(Before);
        await world.ShouldBeSoundAsync();
        var (one, two) = (await world.AppendAsync(1), await world.AppendAsync(3));
        await world.AppendAsync(2, old);
        world.Time.Pass(TimeSpan.FromMinutes(1));
        return (world, LogWorld.Message(new(one, 1, 1), new(old, Before + 1, Before + 2), new(two, 2, 3)));
    }

    private static async Task<MessageOutcome?> TryAsync(Func<Task<MessageOutcome>> act)
    {
        try
        {
            return await act();
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }
}
