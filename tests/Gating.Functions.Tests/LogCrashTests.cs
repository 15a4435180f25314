using System.Diagnostics;
using System.Globalization;
using Gating.Functions.Tests.World;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>
/// Instances that seal are killed at every line between two writes, and at random, and stand still in the middle, as real processes over the real Azurite, while entries are made over HTTP. What comes of it is one
/// sequence without a gap or a fork, and every checkpoint that was served is a prefix of the next (<see cref="ServedLog.ShouldHoldAsync"/>).
/// </summary>
[Collection(KilledProcesses.Name)]
[TestCaseOrderer("Gating.Functions.Tests.World.PausedLast", "Gating.Functions.Tests")]
public sealed class LogCrashTests(CrashPointsBuild build, PausedHolders paused, ITestOutputHelper output) : IClassFixture<PausedHolders>
{
    /// <summary>Takes a former run's random decisions again; what the machine makes of them is another matter.</summary>
    private const string SeedVariable = "GATING_TESTS_SEED";

    /// <summary>As a shell reports SIGKILL, and .NET with it.</summary>
    private const int Killed = 137;

    private const int Kills = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("before-leaf-rows")]
    [InlineData("after-leaf-rows")]
    [InlineData("after-pointers")]
    [InlineData("after-lease")]
    [InlineData("before-missing-rows")]
    [InlineData("after-missing-rows")]
    [InlineData("after-stale-pointers")]
    [InlineData("before-staging")]
    [InlineData("after-staging")]
    [InlineData("after-state")]
    [InlineData("among-tiles")]
    [InlineData("after-tiles")]
    [InlineData("after-indexes")]
    [InlineData("after-pointers-gone")]
    [InlineData("after-last-known")]
    [InlineData("after-published")]
    public async Task Whatever_a_kill_leaves_of_a_seal_another_instance_goes_on_from_there(string point)
    {
        await using var scene = await LogScene.StartAsync(persons: 4, Often);
        await using var dying = await GateProcess.StartAsync(scene.World, build.Program, new(DieAt: point, DrivesItself: true));
        using var over = new CancellationTokenSource();
        var asking = scene.Persons.AskAsync(() => dying.HasEnded ? scene.World.Addresses[0] : dying.Address, TimeSpan.FromMilliseconds(10), over.Token);
        (await dying.EndedAsync()).ShouldBe(Killed);
        LogScene.ShouldBeCalm(dying.Output);

        var size = scene.Served.Size;
        var other = await scene.World.AddDrivenInstanceAsync();
        await scene.World.EndLeaseAsync();
        await over.CancelAsync();
        await asking;
        var log = await scene.ShouldEndWellAsync(other);
        output.WriteLine($"{scene.Persons.Granted} grants, {scene.Persons.Unanswered} unanswered; {size} leaves were published when it died, {log.Size} in the end, {scene.Served.Seen} checkpoints seen");
        log.Size.ShouldBeGreaterThan(size);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Instances_that_seal_at_once_and_are_killed_at_random_make_one_log(int instances)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        var (random, kills, ended) = (new Random(seed), 0, new List<string>());
        await using var scene = await LogScene.StartAsync(persons: 6, Often);
        var running = new GateProcess[instances];
        Task<GateProcess> NewAsync() => GateProcess.StartAsync(scene.World, build.Program, new(DrivesItself: true));
        for (var i = 0; i < instances; i++)
        {
            running[i] = await NewAsync();
        }

        try
        {
            using var over = new CancellationTokenSource();
            var asked = -1;
            var asking = scene.Persons.AskAsync(() => running[(uint)Interlocked.Increment(ref asked) % running.Length].Address, Often, over.Token);
            for (var started = Stopwatch.StartNew(); (kills < Kills || ended.Concat(running.Select(static instance => instance.Output)).Count(IsSealer) < 2) && started.Elapsed < Limit;)
            {
                // Between two kills the lease ends several times: whoever holds it goes on, beside whoever gets it next.
                for (var i = random.Next(2, 6); i > 0; i--)
                {
                    await Task.Delay(random.Next(100, 500));
                    await scene.World.EndLeaseAsync();
                }

                // A machine on which nobody gets as far as a seal between two kills is waited for: then it is the one who sealed that dies, so that somebody else has to.
                var sealer = kills < Kills ? -1 : await SealerOfAsync(running);
                var victim = sealer < 0 ? random.Next(instances) : sealer;
                await running[victim].KillAsync();
                ended.Add(running[victim].Output);
                await running[victim].DisposeAsync();
                await scene.World.EndLeaseAsync();
                (running[victim], kills) = (await NewAsync(), kills + 1);
            }

            await over.CancelAsync();
            await asking;
            var log = await scene.ShouldEndWellAsync(running[0].Address);
            ended.AddRange(running.Select(static instance => instance.Output));
            output.WriteLine($"{kills} kills, {scene.Persons.Granted} grants, {scene.Persons.Unanswered} unanswered, {log.Size} leaves, {scene.Served.Seen} checkpoints seen; {ended.Count(IsSealer)} of {ended.Count} processes sealed");
            ended.ForEach(LogScene.ShouldBeCalm);
            kills.ShouldBeGreaterThanOrEqualTo(Kills);
            ended.Count(IsSealer).ShouldBeGreaterThan(1);
        }
        finally
        {
            foreach (var instance in running)
            {
                await instance.DisposeAsync();
            }
        }
    }

    [Theory]
    [MemberData(nameof(PausedHolders.Points), MemberType = typeof(PausedHolders))]
    public async Task Who_stood_still_with_the_lease_for_90_seconds_and_goes_on_among_others_changes_nothing(string point)
    {
        var holder = await paused.OfAsync(point);
        await holder.ResumeAsync(PausedHolders.Pause, together: TimeSpan.FromSeconds(3));
        var log = await holder.ShouldEndWellAsync();
        output.WriteLine($"stood still for {holder.Paused.TotalSeconds:0} s; {holder.Persons.Granted} grants, {log.Size} leaves, {holder.Served.Seen} checkpoints seen");
        holder.SealedMeanwhile.ShouldBeGreaterThan(1);
    }

    /// <summary>Which of them has sealed; -1 where none has for half a minute.</summary>
    private static async Task<int> SealerOfAsync(GateProcess[] running)
    {
        int SealerOf() => Array.FindIndex(running, static instance => IsSealer(instance.Output));
        for (var started = Stopwatch.StartNew(); SealerOf() < 0 && started.Elapsed < TimeSpan.FromSeconds(30);)
        {
            await Task.Delay(Often);
        }

        return SealerOf();
    }

    private static bool IsSealer(string output) => output.Contains("of them are new", StringComparison.Ordinal);
}
