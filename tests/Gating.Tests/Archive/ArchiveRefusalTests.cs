using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>The decision table: for every reason there is, a file that is refused for exactly that reason, with no file and no entry left of it.</summary>
public sealed class ArchiveRefusalTests
{
    private static readonly byte[] Gif = "GIF89a\u0001\0\u0001\0\0\0\0,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0002D\u0001\0;"u8.ToArray();

    private static readonly Dictionary<ArchiveRefusal, Func<GenerationFixture, Generation, Task<ArchiveOutcome>>> Table = new()
    {
        [ArchiveRefusal.NotFound] = static (world, generation) => world.HandInAsync(generation, GenerationFixture.Png(1), number: 2),
        [ArchiveRefusal.Closed] = static (world, generation) =>
        {
            world.Gate.Time.Pass(Generation.Open);
            return world.HandInAsync(generation, GenerationFixture.Png(1));
        },
        [ArchiveRefusal.NotOffered] = static (world, generation) => WithAsync(world, generation, () => world.Gate.FirstTool.AsObject().Remove("labelling"), GenerationFixture.Png(1)),
        [ArchiveRefusal.OtherBytes] = static async (world, generation) =>
        {
            await world.HandInAsync(generation, GenerationFixture.Png(1));
            return await world.HandInAsync(generation, GenerationFixture.Png(2));
        },
        [ArchiveRefusal.MediaTypeNotAllowed] = static (world, generation) => world.HandInAsync(generation, Gif),
        [ArchiveRefusal.ExplicitLabelMissing] = static (world, generation) =>
            WithAsync(world, generation, () => world.Gate.FirstTool["labelling"]!["explicit"] = "demanded", GenerationFixture.Png(1)),
        [ArchiveRefusal.ExplicitLabelRefused] = static (world, generation) =>
            WithAsync(world, generation, () => world.Gate.FirstTool["labelling"]!["explicit"] = "applied", GenerationFixture.Png(1)[..40]),
        [ArchiveRefusal.LabelRefused] = static (world, generation) => world.HandInAsync(generation, "nothing"u8.ToArray()),
        [ArchiveRefusal.Busy] = static async (world, generation) =>
        {
            var commit = world.Faults.HoldNext(StoreCall.Commit);
            var ahead = Proposals(world, generation, 1);
            await commit.Reached;
            var waiting = Proposals(world, generation, Appender.MaxWaiting);
            var last = await world.HandInAsync(generation, GenerationFixture.Png(1));
            commit.Release();
            await Task.WhenAll([.. ahead, .. waiting]);
            return last;
        },
        [ArchiveRefusal.TooLarge] = static (world, generation) => world.HandInAsync(generation, new byte[1_000_001]),
        [ArchiveRefusal.Empty] = static (world, generation) => world.HandInAsync(generation, []),
    };

    public static TheoryData<ArchiveRefusal> Reasons => [.. Enum.GetValues<ArchiveRefusal>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Every_reason_has_a_file_that_is_refused_for_it(ArchiveRefusal reason)
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        (await Table[reason](world, generation)).ShouldBeOfType<ArchiveOutcome.Refused>().Reason.ShouldBe(reason);
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Archived).ShouldBe(reason is ArchiveRefusal.OtherBytes ? 1 : 0);

        // Too busy to record it: the file waits for the same bytes.
        world.Archive.Contents.Count.ShouldBe(reason is ArchiveRefusal.OtherBytes or ArchiveRefusal.Busy ? 1 : 0);
        await world.ShouldBeSoundAsync(generation.Person);
    }

    [Fact]
    public void Every_reason_has_a_word_of_its_own_by_which_it_is_found()
    {
        var all = Enum.GetValues<ArchiveRefusal>();
        all.Select(static reason => reason.Word()).Distinct(StringComparer.Ordinal).Count().ShouldBe(all.Length);
        all.ShouldAllBe(static reason => ArchiveRefusals.OfWord(reason.Word()) == reason && reason.Sentence().Length > 0);
        ArchiveRefusals.OfWord("nothing").ShouldBeNull();
        ArchiveRefusals.OfWord(null).ShouldBeNull();
    }

    [Fact]
    public async Task Another_apps_generation_and_what_is_none_are_not_found()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var refused = new ArchiveOutcome.Refused(ArchiveRefusal.NotFound);
        (await world.HandInAsync(generation, GenerationFixture.Png(1), app: "other")).ShouldBe(refused);
        (await world.HandInAsync(generation, GenerationFixture.Png(1), number: 0)).ShouldBe(refused);
        (await world.HandInAsync(generation with { Seq = generation.GrantSeq }, GenerationFixture.Png(1))).ShouldBe(refused);
        (await world.HandInAsync(generation with { Seq = 99 }, GenerationFixture.Png(1))).ShouldBe(refused);
    }

    [Fact]
    public async Task What_was_refused_for_being_busy_is_taken_up_by_the_same_bytes()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        (await Table[ArchiveRefusal.Busy](world, generation)).ShouldBe(new ArchiveOutcome.Refused(ArchiveRefusal.Busy));
        (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>().Replayed.ShouldBeFalse();
        await world.ShouldBeSoundAsync(generation.Person);
    }

    private static async Task<ArchiveOutcome> WithAsync(GenerationFixture world, Generation generation, Action change, byte[] file)
    {
        change();
        await world.Gate.WriteRegistryAsync();
        world.Restart();
        return await world.HandInAsync(generation, file);
    }

    private static Task<AppendOutcome<bool>>[] Proposals(GenerationFixture world, Generation generation, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => world.Appender.AppendAsync(
            generation.Person, new Proposal<bool>(OperationId.Create(), [], static (state, _) => new(state, [new(EntryKind.StatusChanged, "{\"v\":1}"u8.ToArray(), default)], [], null, null, true)), isNew: false))];
}
