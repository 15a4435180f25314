using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Log.Sealing;

/// <summary>
/// Every call to storage that a message causes goes wrong in each way, or is the last one of the process: one sequence, no gap, no fork, and every checkpoint that was served is a prefix of the next.
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
            var (world, message) = await LogWorld.BeginAsync(Before);
            Action<Fault, long> breaks = dies ? world.Faults.DieAt : world.Faults.OnAny;
            breaks(fault, nth);
            var outcome = await LogWorld.TryAsync(() => world.Handler.HandleAsync(message, default));
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
}
