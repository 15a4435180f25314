using Gating.Archive;
using Gating.Generations;
using Gating.Holds;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>What was kept and never recorded goes, once it can never be recorded; what is recorded, awaited or unknown stays.</summary>
public sealed class OrphanSweepTests
{
    private static readonly TimeSpan Later = TimeSpan.FromDays(2);

    [Fact]
    public async Task An_orphan_goes_and_what_is_recorded_stays()
    {
        var world = new GenerationFixture();
        var orphan = await LeaveOrphanAsync(world);
        var recorded = await world.BeginAsync();
        (await world.HandInAsync(recorded, GenerationFixture.Png(2))).ShouldBeOfType<ArchiveOutcome.Archived>();
        world.Gate.Time.Pass(Later);

        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1, Kept = 1 });

        world.Archive.Contents.ShouldBe(recorded.Contents);
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Archived).ShouldBe(1);
        await world.ShouldBeSoundAsync(orphan.Person);
    }

    [Fact]
    public async Task What_may_still_be_recorded_stays_and_is_looked_at_again()
    {
        var world = new GenerationFixture();
        await LeaveOrphanAsync(world);

        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None);
        world.Archive.Contents.ShouldHaveSingleItem();
        world.Gate.Time.Pass(Later);
        (await world.Sweep.RunAsync(default)).Gone.ShouldBe(1);
    }

    [Fact]
    public async Task Each_window_is_looked_at_once_and_a_run_after_a_month_catches_up()
    {
        var world = new GenerationFixture();
        await LeaveOrphanAsync(world);
        world.Gate.Time.Pass(TimeSpan.FromDays(30));
        (await world.Sweep.RunAsync(default)).Gone.ShouldBe(1);
        world.Restart();

        var lists = world.Faults.Calls(StoreCall.ListFiles);
        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None);
        world.Faults.Calls(StoreCall.ListFiles).ShouldBe(lists);

        await LeaveOrphanAsync(world);
        world.Gate.Time.Pass(TimeSpan.FromDays(3));
        (await world.Sweep.RunAsync(default)).Gone.ShouldBe(1);

        // Nine hours and a third each.
        (world.Faults.Calls(StoreCall.ListFiles) - lists).ShouldBeInRange(7, 9);
        world.Archive.Contents.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_archive_in_which_nothing_was_ever_kept_costs_one_list()
    {
        var world = new GenerationFixture();
        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None);
        world.Faults.AllCalls.ShouldBe(2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("AAAA")]
    [InlineData("another's")]
    public async Task A_file_that_leads_nowhere_is_never_deleted_and_counted(string? reference)
    {
        var world = new GenerationFixture();
        var orphan = await LeaveOrphanAsync(world);
        var other = await LeaveOrphanAsync(world, shade: 2);
        world.Archive.Tamper(orphan.Contents[0], reference is "another's" ? world.References.Seal(other.Contents[0], new(other.Person, other.Seq, 1)) : reference);
        world.Gate.Time.Pass(Later);

        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1, Alarming = 1 });
        world.Gate.Time.Pass(TimeSpan.FromDays(400));
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Alarming = 1 });
        world.Archive.Contents.ShouldBe(orphan.Contents);
    }

    [Fact]
    public async Task A_reference_to_an_entry_that_did_not_promise_the_file_leads_nowhere()
    {
        var world = new GenerationFixture();
        var (orphan, other) = (await LeaveOrphanAsync(world), await world.BeginAsync());
        world.Gate.Time.Pass(Later);
        foreach (var (seq, number) in ((long, int)[])[(orphan.GrantSeq, 1), (other.Seq, 1), (orphan.Seq, 2), (99, 1)])
        {
            var cursors = new InMemoryTaskCursors();
            world.Archive.Tamper(orphan.Contents[0], world.References.Seal(orphan.Contents[0], new(orphan.Person, seq, number)));
            (await world.NewSweep(cursors).RunAsync(default)).ShouldBe(FileTally.None with { Alarming = 1 });
        }

        world.Archive.Contents.ShouldBe(orphan.Contents);
    }

    [Fact]
    public async Task A_file_that_was_changed_under_the_sweep_is_looked_at_again()
    {
        var world = new GenerationFixture();
        var orphan = await LeaveOrphanAsync(world);
        world.Gate.Time.Pass(Later);
        var deletion = world.Faults.HoldNext(StoreCall.DeleteFile);
        var sweep = Task.Run(() => world.Sweep.RunAsync(default));
        await deletion.Reached;
        world.Archive.Tamper(orphan.Contents[0], world.References.Seal(orphan.Contents[0], new(orphan.Person, orphan.Seq, 1)));
        deletion.Release();

        (await sweep).ShouldBe(FileTally.None with { Undecided = 1 });
        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1 });
    }

    [Fact]
    public async Task An_instance_whose_clock_is_off_sweeps_and_removes_nothing()
    {
        var world = new GenerationFixture();
        await LeaveOrphanAsync(world);
        world.IsClockRight = false;
        world.Gate.Time.Pass(TimeSpan.FromDays(400));

        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None);
        world.Archive.Contents.ShouldHaveSingleItem();

        world.IsClockRight = true;
        (await world.Sweep.RunAsync(default)).Gone.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_storage_keeps_is_left_and_goes_when_its_time_is_over(bool says)
    {
        var world = new GenerationFixture();
        var orphan = await LeaveOrphanAsync(world);
        var until = orphan.At.AddDays(184).AddSeconds(1);
        if (says)
        {
            world.Archive.Lock(orphan.Contents[0], until);
        }

        world.Archive.LockSilently(orphan.Contents[0], isLocked: true);
        world.Gate.Time.Pass(Later);
        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None with { Left = 1 });
        world.Faults.Calls(StoreCall.DeleteFile).ShouldBe(says ? 0 : 1);

        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None);
        world.Gate.Time.Pass(TimeSpan.FromDays(184));
        world.Archive.LockSilently(orphan.Contents[0], isLocked: false);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1 });
        (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed]);
    }

    [Fact]
    public async Task A_file_of_a_person_under_hold_is_left_until_the_hold_is_lifted_and_its_time_is_over()
    {
        var world = new GenerationFixture();
        var orphan = await LeaveOrphanAsync(world);
        var (hold, statement) = (HoldId.Create(), HoldStatement.Create("admin", "a case")!);
        await world.Holds.SetAsync(orphan.Person, hold, statement, default);
        world.Gate.Time.Pass(Later);
        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None with { Left = 1 });
        world.Gate.Time.Pass(TimeSpan.FromDays(184));
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Left = 1 });

        await world.Holds.LiftAsync(orphan.Person, hold, statement, default);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1 });
        await world.ShouldBeSoundAsync(orphan.Person);
    }

    [Fact]
    public async Task An_upload_that_comes_too_late_keeps_no_file_and_records_nothing()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var (awaited, _) = await world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);
        world.Gate.Time.Pass(Generation.Open + ArchiveRules.Grace);

        (await ArchiveAsync(world, awaited!)).ShouldBe(new ArchiveOutcome.Refused(ArchiveRefusal.Closed));
        world.Archive.Contents.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upload_whose_entry_would_come_too_late_is_refused_and_swept()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var (awaited, _) = await world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);
        var file = world.Faults.HoldNext(StoreCall.StoreFile);
        var upload = ArchiveAsync(world, awaited!);
        await file.Reached;
        world.Gate.Time.Pass(Later);
        file.Release();

        (await upload).ShouldBe(new ArchiveOutcome.Refused(ArchiveRefusal.Closed));
        world.Archive.Contents.ShouldHaveSingleItem();
        (await world.Sweep.RunAsync(default)).Gone.ShouldBe(1);
        (await world.Gate.EntriesAsync()).Count.ShouldBe(2);
        await world.ShouldBeSoundAsync(generation.Person);
    }

    [Fact]
    public async Task An_upload_and_a_sweep_that_meet_leave_both_the_file_and_its_entry_or_neither()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var (awaited, _) = await world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);

        // The last moment at which it may be recorded; the commit is on its way while the sweep looks.
        world.Gate.Time.Pass(Generation.Open + ArchiveRules.Grace - TimeSpan.FromMinutes(1));
        var commit = world.Faults.HoldNext(StoreCall.Commit);
        var upload = ArchiveAsync(world, awaited!);
        await commit.Reached;
        (await world.Sweep.RunAsync(default)).Gone.ShouldBe(0);
        commit.Release();
        (await upload).ShouldBeOfType<ArchiveOutcome.Archived>();
        world.Gate.Time.Pass(Later);
        (await world.Sweep.RunAsync(default)).ShouldBe(FileTally.None with { Kept = 1 });
        await world.ShouldBeSoundAsync(generation.Person);
    }

    [Fact]
    public async Task A_sweep_that_was_suspended_for_hours_does_not_take_what_was_recorded_meanwhile()
    {
        var world = new GenerationFixture();
        var generation = await LeaveOrphanAsync(world);
        var file = (await world.Archive.LookAsync(generation.Contents[0].Text, default))!;
        var entry = world.Faults.HoldNext(StoreCall.ReadEntry);
        var standing = new FileStandings(world.Gate.Store, world.References, world.Gate.Time).OfAsync(file, default);
        await entry.Reached;
        (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        world.Gate.Time.Pass(Later);
        entry.Release();

        (await standing).ShouldBeOfType<FileStanding.Awaited>();
    }

    private static Task<ArchiveOutcome> ArchiveAsync(GenerationFixture world, AwaitedOutput awaited) =>
        world.Archiver.ArchiveAsync(awaited, new MemoryStream(GenerationFixture.Png(1)), static () => new MemoryStream(), declaresExplicit: false, default);

    /// <summary>A file of a new generation whose answer from storage was lost.</summary>
    internal static async Task<Generation> LeaveOrphanAsync(GenerationFixture world, byte shade = 1)
    {
        var generation = await world.BeginAsync();
        world.Faults.On(StoreCall.StoreFile, Fault.After);
        await Should.ThrowAsync<StorageUnavailableException>(() => world.HandInAsync(generation, GenerationFixture.Png(shade)));
        return generation;
    }
}
