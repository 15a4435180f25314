using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>Every call to storage of a sweep and of a retention goes wrong, each in each way: nothing is missing without its entry, nothing recorded is taken, and the next run finishes.</summary>
public sealed class RemovalFaultsTests
{
    private static readonly StoreCall[] OfSweep =
        [StoreCall.ReadCursor, StoreCall.ListFiles, StoreCall.ReadSettlement, StoreCall.ReadEntry, StoreCall.ReadHead, StoreCall.DeleteFile, StoreCall.MoveCursor];

    private static readonly StoreCall[] OfRetention =
        [StoreCall.FindDueFiles, StoreCall.LookAtFile, StoreCall.ReadSettlement, StoreCall.ReadEntry, StoreCall.ReadHead, StoreCall.Commit, StoreCall.PutTrace, StoreCall.DeleteFile];

    public static TheoryData<StoreCall, Fault, bool> EveryFaultOfSweep => Faults(OfSweep);

    public static TheoryData<StoreCall, Fault, bool> EveryFaultOfRetention => Faults(OfRetention);

    [Theory]
    [MemberData(nameof(EveryFaultOfSweep))]
    public async Task A_sweep_that_fails_anywhere_is_finished_by_the_next(StoreCall call, Fault fault, bool restarts)
    {
        var world = new GenerationFixture();
        var orphan = await OrphanSweepTests.LeaveOrphanAsync(world);
        var recorded = await RetentionTests.ArchiveAsync(world, shade: 2);
        world.Gate.Time.Pass(TimeSpan.FromDays(2));
        world.Restart();
        await FailAsync(world, call, fault, () => world.Sweep.RunAsync(default));
        world.Archive.Contents.ShouldContain(recorded.File.Content);
        if (restarts)
        {
            world.Restart();
        }

        await world.Sweep.RunAsync(default);
        world.Archive.Contents.ShouldBe([recorded.File.Content]);
        await world.ShouldBeSoundAsync(orphan.Person);
    }

    [Theory]
    [MemberData(nameof(EveryFaultOfRetention))]
    public async Task A_retention_that_fails_anywhere_is_finished_by_the_next(StoreCall call, Fault fault, bool restarts)
    {
        var world = new GenerationFixture();
        var output = await RetentionTests.ArchiveAsync(world);
        world.Gate.Time.Pass(TimeSpan.FromDays(185));
        world.Restart();
        await FailAsync(world, call, fault, () => world.Retention.RunAsync(default));
        await world.ShouldBeSoundAsync(output.Person);
        if (restarts)
        {
            world.Restart();
        }

        await world.Retention.RunAsync(default);
        world.Archive.Contents.ShouldBeEmpty();
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Removed).ShouldBe(1);
        await world.ShouldBeSoundAsync(output.Person);
        await world.ShouldBeAnnouncedAsync(output.Person);
    }

    [Fact]
    public async Task The_runs_make_no_call_that_is_not_broken_above()
    {
        var world = new GenerationFixture();
        await OrphanSweepTests.LeaveOrphanAsync(world);
        await RetentionTests.ArchiveAsync(world, shade: 2);
        world.Gate.Time.Pass(TimeSpan.FromDays(185));
        world.Restart();
        (await CallsAsync(world, () => world.Sweep.RunAsync(default))).ShouldBe(OfSweep.Order());
        (await CallsAsync(world, () => world.Retention.RunAsync(default))).ShouldBe(OfRetention.Order());
    }

    [Theory]
    [InlineData(StoreCall.ReadSettlement)]
    [InlineData(StoreCall.ReadEntry)]
    [InlineData(StoreCall.ReadHead)]
    public async Task A_ledger_that_is_silent_deletes_nothing(StoreCall call)
    {
        var world = new GenerationFixture();
        await OrphanSweepTests.LeaveOrphanAsync(world);
        await RetentionTests.ArchiveAsync(world, shade: 2);
        world.Gate.Time.Pass(TimeSpan.FromDays(185));
        world.Restart();
        using (world.Faults.Outage(Fault.Before, call))
        {
            await Should.ThrowAsync<StorageUnavailableException>(() => world.Sweep.RunAsync(default));
            await Should.ThrowAsync<StorageUnavailableException>(() => world.Retention.RunAsync(default));
        }

        world.Archive.Contents.Count.ShouldBe(2);
        world.Faults.Calls(StoreCall.DeleteFile).ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_run_ends()
    {
        var world = new GenerationFixture();
        await OrphanSweepTests.LeaveOrphanAsync(world);
        world.Gate.Time.Pass(TimeSpan.FromDays(185));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => world.Sweep.RunAsync(cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => world.Retention.RunAsync(cancelled.Token));
        world.Archive.Contents.ShouldHaveSingleItem();
    }

    private static async Task FailAsync(GenerationFixture world, StoreCall call, Fault fault, Func<Task> run)
    {
        var before = world.Faults.Calls(call);
        world.Faults.On(call, fault);
        try
        {
            await run();
        }
        catch (StorageUnavailableException)
        {
            // Nothing is known: the next run tells.
        }

        world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
    }

    private static async Task<IEnumerable<StoreCall>> CallsAsync(GenerationFixture world, Func<Task> run)
    {
        var before = Enum.GetValues<StoreCall>().ToDictionary(static call => call, world.Faults.Calls);
        await run();
        return Enum.GetValues<StoreCall>().Where(call => world.Faults.Calls(call) > before[call]).Order();
    }

    private static TheoryData<StoreCall, Fault, bool> Faults(StoreCall[] calls)
    {
        var data = new TheoryData<StoreCall, Fault, bool>();
        foreach (var call in calls)
        {
            foreach (var fault in Enum.GetValues<Fault>())
            {
                data.Add(call, fault, false);
                data.Add(call, fault, true);
            }
        }

        return data;
    }
}
