using System.Text;
using System.Text.Json;
using Gating.Archive;
using Gating.Generations;
using Gating.Holds;
using Gating.Identify;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>A file goes when its time is over and no hold stands: first its entry, then the file; its record stands.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan Over = TimeSpan.FromDays(184) + TimeSpan.FromSeconds(1);
    private static readonly HoldStatement Statement = HoldStatement.Create("admin@example", "case 4711")!;

    public static TheoryData<string> Vectors => VectorFile.Read("Archive", "removed-v1.json");

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_removal_is_written_as_the_vector_says(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        ContentId.TryParse(v.GetProperty("content").GetString(), out var content).ShouldBeTrue();
        var file = new ArchivedFile(
            content, "image/png", 1, default, EntryHash.FromBytes(Convert.FromHexString(v.GetProperty("output_sha256").GetString()!)),
            DateTimeOffset.FromUnixTimeMilliseconds(v.GetProperty("retain_until").GetInt64()));
        var output = new ArchivedOutput(new(new(0, 1)), v.GetProperty("output").GetInt64(), v.GetProperty("app").GetString()!, v.GetProperty("tool").GetString()!, 2, 1, file, "{}", null);
        Encoding.UTF8.GetString(ArchiveEntries.Removed(output)).ShouldBe(v.GetProperty("public").GetString());
    }

    [Fact]
    public async Task A_file_whose_time_is_over_goes_after_an_entry_that_says_so_and_is_still_recognised()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None);
        await world.IndexAsync();
        world.Gate.Time.Pass(Over);

        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1 });

        world.Archive.Contents.ShouldBeEmpty();
        (await world.Gate.EntriesAsync())[^1].Kind.ShouldBe(EntryKind.Removed);
        var outputs = world.Outputs;
        (await outputs.FindStandingAsync(output.File.Content, default)).ShouldBe((output, true));
        var identifier = new Identifier(world.Index, outputs, new RegistrySource(world.Gate.RegistryStore, world.Gate.Time, RegistryMode.Production));
        (await identifier.OfDigestAsync(output.File.OutputSha256, default)).Match.ShouldBe(RecordMatch.Identical);
        (await identifier.OfDigestAsync(output.File.SourceSha256, default)).Match.ShouldBe(RecordMatch.Original);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None);
        await world.ShouldBeSoundAsync(output.Person);
        await world.ShouldBeAnnouncedAsync(output.Person);
    }

    [Fact]
    public async Task An_output_that_was_released_unlabelled_is_removed_as_well_and_its_entries_stay()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        await world.Appender.AppendAsync(
            output.Person, new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [new(EntryKind.ReleasedUnlabelled, "{\"v\":1}"u8.ToArray(), default)], [], output.Release, null, true)), isNew: false);
        world.Gate.Time.Pass(Over);

        (await world.Retention.RunAsync(default)).Gone.ShouldBe(1);
        (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind)
            .ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.ReleasedUnlabelled, EntryKind.Removed]);
    }

    [Fact]
    public async Task Under_a_hold_nothing_of_the_person_goes_and_after_it_everything_whose_time_is_over()
    {
        var world = new GenerationFixture();
        var (output, other) = (await ArchiveAsync(world), await ArchiveAsync(world, shade: 2));
        var (first, second) = (HoldId.Create(), HoldId.Create());
        await world.Holds.SetAsync(output.File.Content, first, Statement, default);
        await world.Holds.SetAsync(other.File.Content, second, Statement, default);
        world.Gate.Time.Pass(Over);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Left = 2 });
        await world.Holds.LiftAsync(output.Person, first, Statement, default);
        world.Restart();
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Left = 2 });
        world.Archive.Contents.Count.ShouldBe(2);

        await world.Holds.LiftAsync(output.Person, second, Statement, default);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 2 });
        await world.ShouldBeSoundAsync(output.Person);
    }

    [Fact]
    public async Task A_hold_and_a_removal_that_race_leave_the_file_or_an_entry_from_before_the_hold()
    {
        for (var round = 0; round < 20; round++)
        {
            var world = new GenerationFixture();
            var output = await ArchiveAsync(world);
            world.Gate.Time.Pass(Over);

            // Two instances: each has a cache of its own.
            var retention = world.Retention;
            world.Restart();
            var removing = Task.Run(() => retention.RunAsync(default));
            var setting = Task.Run(() => world.Holds.SetAsync(output.Person, HoldId.Create(), Statement, default));
            await Task.WhenAll(removing, setting);

            (await setting).ShouldBeOfType<HoldOutcome.Done>();
            var kinds = (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind).ToList();
            if (world.Archive.Contents.Count == 0)
            {
                kinds.IndexOf(EntryKind.Removed).ShouldBeInRange(0, kinds.IndexOf(EntryKind.HoldSet));
            }
            else
            {
                kinds.ShouldNotContain(EntryKind.Removed);
            }

            await world.ShouldBeSoundAsync(output.Person);
        }
    }

    [Fact]
    public async Task A_hold_that_is_set_while_a_removal_is_on_its_way_is_met_by_it()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        world.Gate.Time.Pass(Over);
        var retention = world.Retention;
        world.Restart();
        var commit = world.Faults.HoldNext(StoreCall.Commit);
        var removing = Task.Run(() => retention.RunAsync(default));
        await commit.Reached;
        (await world.Holds.SetAsync(output.Person, HoldId.Create(), Statement, default)).ShouldBeOfType<HoldOutcome.Done>();
        commit.Release();

        (await removing).ShouldBe(FileTally.None with { Left = 1 });
        world.Archive.Contents.ShouldHaveSingleItem();
        (await world.Gate.EntriesAsync()).ShouldNotContain(static entry => entry.Kind == EntryKind.Removed);
    }

    [Fact]
    public async Task Many_runs_at_once_leave_one_entry()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        world.Gate.Time.Pass(Over);
        var runs = Enumerable.Range(0, 8).Select(_ =>
        {
            world.Restart();
            var retention = world.Retention;
            return Task.Run(() => retention.RunAsync(default));
        }).ToArray();
        await Task.WhenAll(runs);

        world.Archive.Contents.ShouldBeEmpty();
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Removed).ShouldBe(1);
        await world.ShouldBeSoundAsync(output.Person);
    }

    [Fact]
    public async Task What_storage_keeps_longer_is_not_said_to_be_removed()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        world.Archive.Lock(output.File.Content, output.File.RetainUntil.AddDays(10));
        world.Gate.Time.Pass(Over);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Left = 1 });
        (await world.Gate.EntriesAsync()).ShouldNotContain(static entry => entry.Kind == EntryKind.Removed);

        world.Gate.Time.Pass(TimeSpan.FromDays(10));
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1 });
    }

    [Fact]
    public async Task What_storage_keeps_without_a_word_is_recorded_as_removed_and_goes_when_storage_lets_it()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        world.Archive.LockSilently(output.File.Content, isLocked: true);
        world.Gate.Time.Pass(Over);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Left = 1 });
        await world.IndexAsync();
        (await world.Outputs.FindStandingAsync(output.File.Content, default)).ShouldBe((output, true));

        world.Archive.LockSilently(output.File.Content, isLocked: false);
        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Gone = 1 });
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Removed).ShouldBe(1);
    }

    [Fact]
    public async Task The_ledger_decides_when_a_time_is_over_not_what_the_file_says()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var file = new ArchivedFile(generation.Contents[0], "image/png", 1, default, default, generation.At);
        await world.Archive.StoreAsync(file, world.References.Seal(file.Content, new(generation.Person, generation.Seq, 1)), new MemoryStream([1]), default);
        var (recorded, draft) = (file with { RetainUntil = generation.At.AddDays(300) }, new LabelledOutput("image/png", default, default, "{}", "unchecked", null));
        var entry = new EntryDraft(EntryKind.Archived, ArchiveEntries.Archived(generation, 1, recorded, draft), default);
        await world.Appender.AppendAsync(generation.Person, new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [entry], [], new SettlementId(generation.Seq, 1), null, true)), isNew: false);
        world.Gate.Time.Pass(TimeSpan.FromDays(200));

        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Kept = 1 });
        world.Archive.Contents.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task One_frozen_record_keeps_its_files_and_no_others()
    {
        var world = new GenerationFixture();
        var output = await ArchiveAsync(world);
        world.Gate.Time.Pass(Over);
        world.Restart();
        world.Gate.Ledger.Tamper(output.Person, rows => rows.Entries.Add(rows.Head!.Head.Seq + 1, GenerationEntriesTests.EntryOf(EntryKind.Granted, "{\"v\":1}"u8.ToArray())));

        (await world.Retention.RunAsync(default)).ShouldBe(FileTally.None with { Alarming = 1 });
        world.Archive.Contents.ShouldHaveSingleItem();
    }

    internal static async Task<ArchivedOutput> ArchiveAsync(GenerationFixture world, byte shade = 1) =>
        (await world.HandInAsync(await world.BeginAsync(), GenerationFixture.Png(shade))).ShouldBeOfType<ArchiveOutcome.Archived>().Output;
}
