using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>Every call to storage on the way of an output goes wrong, each in each way: the same bytes again find one file and one entry, and the index knows them.</summary>
public sealed class ArchiveFaultsTests
{
    /// <summary>Calls that the path makes on a new process.</summary>
    private static readonly StoreCall[] Path =
        [StoreCall.ReadEntry, StoreCall.ReadRegistry, StoreCall.ReadSettlement, StoreCall.StoreFile, StoreCall.ReadHead, StoreCall.Commit, StoreCall.PutTrace];

    public static TheoryData<StoreCall, Fault, bool> EveryFault
    {
        get
        {
            var data = new TheoryData<StoreCall, Fault, bool>();
            foreach (var call in Path)
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

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task The_same_bytes_again_find_one_file_and_one_entry(StoreCall call, Fault fault, bool restarts)
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        world.Restart();
        var before = world.Faults.Calls(call);
        world.Faults.On(call, fault);
        var first = await GenerationFixture.TryAsync(() => world.HandInAsync(generation, GenerationFixture.Png(1)));
        world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
        await world.ShouldBeSoundAsync(generation.Person);
        if (restarts)
        {
            world.Restart();
        }

        // The registry is not asked again at once after it could not be read.
        world.Gate.Time.Pass(RegistrySource.MaxAge);
        var again = (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        if (first is not null)
        {
            first.ShouldBeOfType<ArchiveOutcome.Archived>().Output.ShouldBe(again.Output);
            again.Replayed.ShouldBeTrue();
        }

        await ShouldBeArchivedOnceAsync(world, generation, again.Output);
        (await world.HandInAsync(generation, GenerationFixture.Png(2))).ShouldBe(new ArchiveOutcome.Refused(ArchiveRefusal.OtherBytes));
    }

    [Fact]
    public async Task The_path_makes_no_call_that_is_not_broken_above()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        world.Restart();
        var before = Enum.GetValues<StoreCall>().ToDictionary(static call => call, world.Faults.Calls);
        await world.HandInAsync(generation, GenerationFixture.Png(1));
        Enum.GetValues<StoreCall>().Where(call => world.Faults.Calls(call) != before[call]).ShouldBeSubsetOf([.. Path, StoreCall.ReadRegistryVersion]);
        Path.ShouldAllBe(call => world.Faults.Calls(call) - before[call] == 1);
    }

    [Theory]
    [InlineData(StoreCall.StoreFile)]
    [InlineData(StoreCall.Commit)]
    public async Task While_a_store_is_away_nothing_half_done_is_recorded(StoreCall away)
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        using (world.Faults.Outage(Fault.Before, away))
        {
            for (var i = 0; i < 2; i++)
            {
                // Where it is sure that nothing was recorded it says so, and else that it does not know.
                (await GenerationFixture.TryAsync(() => world.HandInAsync(generation, GenerationFixture.Png(1)))).ShouldBeOneOf(null, new ArchiveOutcome.Refused(ArchiveRefusal.Busy));
            }
        }

        world.Archive.Contents.Count.ShouldBe(away is StoreCall.StoreFile ? 0 : 1);
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Archived).ShouldBe(0);
        (await world.Outputs.FindAsync(generation.Contents[0], default)).ShouldBeNull();
        await world.ShouldBeSoundAsync(generation.Person);

        var archived = (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        await ShouldBeArchivedOnceAsync(world, generation, archived.Output);
    }

    [Fact]
    public async Task A_file_without_an_entry_is_taken_up_by_the_same_bytes_and_refused_to_others()
    {
        var world = new GenerationFixture();
        var generation = await LeaveFileAloneAsync(world);
        (await world.HandInAsync(generation, GenerationFixture.Png(2))).ShouldBe(new ArchiveOutcome.Refused(ArchiveRefusal.OtherBytes));
        (await world.Gate.EntriesAsync()).ShouldNotContain(static entry => entry.Kind == EntryKind.Archived);
        var archived = (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        archived.Replayed.ShouldBeFalse();
        await ShouldBeArchivedOnceAsync(world, generation, archived.Output);
    }

    [Fact]
    public async Task An_entry_that_was_not_announced_is_before_the_repeat_is_answered()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        await world.LoseReferenceAsync(() => world.HandInAsync(generation, GenerationFixture.Png(1)));
        world.Restart();
        var archived = (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        archived.Replayed.ShouldBeTrue();
        await ShouldBeArchivedOnceAsync(world, generation, archived.Output);
    }

    [Fact]
    public async Task The_entry_says_what_is_in_the_kept_file_though_the_policy_changed_between()
    {
        var world = new GenerationFixture();
        var generation = await LeaveFileAloneAsync(world);
        world.Gate.FirstTool["labelling"]!["providerCode"] = "001191440300708461136T1XGW3";
        world.Gate.FirstTool["labelling"]!["retentionDays"] = 300;
        await world.Gate.WriteRegistryAsync();
        world.Restart();
        var output = (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>().Output;
        output.Label.ShouldContain("001191110102MACQD9K64010000");
        await ShouldBeArchivedOnceAsync(world, generation, output);
    }

    [Fact]
    public async Task It_is_kept_for_whole_seconds_as_the_blob_can_say_and_never_too_short()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var until = (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>().Output.File.RetainUntil;
        until.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(until.ToUnixTimeSeconds()));
        until.ShouldBeInRange(generation.At.AddDays(184), generation.At.AddDays(184).AddSeconds(1));
    }

    private static async Task<Generation> LeaveFileAloneAsync(GenerationFixture world)
    {
        var generation = await world.BeginAsync();
        world.Faults.On(StoreCall.StoreFile, Fault.After);
        await Should.ThrowAsync<StorageUnavailableException>(() => world.HandInAsync(generation, GenerationFixture.Png(1)));
        world.Archive.Contents.ShouldHaveSingleItem();
        world.Restart();
        return generation;
    }

    private static async Task ShouldBeArchivedOnceAsync(GenerationFixture world, Generation generation, ArchivedOutput output)
    {
        (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        (await world.ChargedAsync(generation.Person)).ShouldBe(1);
        world.Archive.Contents.ShouldBe([generation.Contents[0]]);
        (await world.Outputs.FindAsync(generation.Contents[0], default)).ShouldBe(output);
        await world.IndexAsync();
        (await world.Index.FindAsync(generation.Contents[0], default)).ShouldBe(new OutputPlace(generation.Person, output.Seq));
        (await world.Outputs.FindAsync(generation.Contents[0], default)).ShouldBe(output);
        (await world.Index.FindAsync(output.File.SourceSha256, 9, default)).ShouldBe([generation.Contents[0]]);
        (await world.Index.FindAsync(output.File.OutputSha256, 9, default)).ShouldBe([generation.Contents[0]]);
        await world.ShouldBeAnnouncedAsync(generation.Person);
        await world.ShouldBeSoundAsync(generation.Person);
    }
}
