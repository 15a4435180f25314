using System.Text;
using Gating.Archive;
using Gating.Generations;
using Gating.Holds;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Holds;

/// <summary>A hold is set and lifted once by its id, recorded with who and why sealed, and survives whatever storage does.</summary>
public sealed class LegalHoldsTests
{
    private static readonly HoldStatement Statement = HoldStatement.Create("admin@example", "case 4711")!;

    private static readonly Dictionary<HoldRefusal, Func<GenerationFixture, Generation, Task<HoldOutcome>>> Table = new()
    {
        [HoldRefusal.PersonUnknown] = static (world, _) => world.Holds.SetAsync(StreamId.Create(), HoldId.Create(), Statement, default),
        [HoldRefusal.OutputUnknown] = static (world, _) => world.Holds.SetAsync(ContentId.Create(DateTimeOffset.UnixEpoch), HoldId.Create(), Statement, default),
        [HoldRefusal.NotStanding] = static (world, generation) => world.Holds.LiftAsync(generation.Person, HoldId.Create(), Statement, default),
        [HoldRefusal.WasLifted] = static async (world, generation) =>
        {
            var hold = HoldId.Create();
            await world.Holds.SetAsync(generation.Person, hold, Statement, default);
            await world.Holds.LiftAsync(generation.Person, hold, Statement, default);
            return await world.Holds.SetAsync(generation.Person, hold, Statement, default);
        },
        [HoldRefusal.TooMany] = static async (world, generation) =>
        {
            for (var i = 0; i < StreamHolds.MaxStanding; i++)
            {
                (await world.Holds.SetAsync(generation.Person, HoldId.Create(), Statement, default)).ShouldBeOfType<HoldOutcome.Done>();
            }

            return await world.Holds.SetAsync(generation.Person, HoldId.Create(), Statement, default);
        },
        [HoldRefusal.Busy] = static async (world, generation) =>
        {
            var commit = world.Faults.HoldNext(StoreCall.Commit);
            var ahead = Proposals(world, generation, 1);
            await commit.Reached;
            var waiting = Proposals(world, generation, Appender.MaxWaiting);
            var last = await world.Holds.SetAsync(generation.Person, HoldId.Create(), Statement, default);
            commit.Release();
            await Task.WhenAll([.. ahead, .. waiting]);
            return last;
        },
    };

    public static TheoryData<HoldRefusal> Reasons => [.. Enum.GetValues<HoldRefusal>()];

    public static TheoryData<StoreCall, Fault> EveryFault
    {
        get
        {
            var data = new TheoryData<StoreCall, Fault>();
            foreach (var call in (StoreCall[])[StoreCall.ReadHead, StoreCall.Commit, StoreCall.PutTrace])
            {
                foreach (var fault in Enum.GetValues<Fault>())
                {
                    data.Add(call, fault);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Every_reason_has_a_request_that_is_refused_for_it(HoldRefusal reason)
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        (await Table[reason](world, generation)).ShouldBe(new HoldOutcome.Refused(reason));
        await world.ShouldBeSoundAsync(generation.Person);
    }

    [Fact]
    public async Task It_is_set_and_lifted_once_however_often_it_is_asked_for()
    {
        var world = new GenerationFixture();
        var person = (await world.BeginAsync()).Person;
        var hold = HoldId.Create();

        (await world.Holds.SetAsync(person, hold, Statement, default)).ShouldBe(new HoldOutcome.Done(person, Replayed: false));
        (await world.Holds.SetAsync(person, hold, Statement, default)).ShouldBe(new HoldOutcome.Done(person, Replayed: true));
        (await HoldsAsync(world, person)).Standing.ShouldBe([hold]);
        (await world.Holds.LiftAsync(person, hold, Statement, default)).ShouldBe(new HoldOutcome.Done(person, Replayed: false));
        (await world.Holds.LiftAsync(person, hold, Statement, default)).ShouldBe(new HoldOutcome.Done(person, Replayed: true));

        (await HoldsAsync(world, person)).Any.ShouldBeFalse();
        (await world.Gate.EntriesAsync()).Skip(2).Select(static entry => entry.Kind).ShouldBe([EntryKind.HoldSet, EntryKind.HoldLifted]);
        await world.ShouldBeSoundAsync(person);
    }

    [Fact]
    public async Task Who_and_why_are_sealed()
    {
        var world = new GenerationFixture();
        var person = (await world.BeginAsync()).Person;
        var hold = HoldId.Create();
        await world.Holds.SetAsync(person, hold, Statement, default);

        var entry = (await world.Gate.EntriesAsync())[^1];
        Encoding.UTF8.GetString(entry.Public.Span).ShouldBe($$"""{"v":1,"hold":"{{hold}}"}""");
        var salt = (await world.Gate.Ledger.ReadHeadAsync(person, default))!.Head.Salt;
        using var key = SealedPart.Cipher(new OperatorKey(new byte[OperatorKey.Size]).SealingKey(salt.Span));
        Encoding.UTF8.GetString(SealedPart.Open(key, person, entry.Seq, entry.Kind, entry.Sealed.Span)).ShouldBe("""{"v":1,"admin":"admin@example","reason":"case 4711"}""");
    }

    [Fact]
    public async Task By_an_output_it_is_set_on_the_person_who_made_it()
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        (await world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        var hold = HoldId.Create();
        (await world.Holds.SetAsync(generation.Contents[0], hold, Statement, default)).ShouldBe(new HoldOutcome.Done(generation.Person, Replayed: false));
        (await world.Holds.LiftAsync(generation.Contents[0], hold, Statement, default)).ShouldBe(new HoldOutcome.Done(generation.Person, Replayed: false));
        (await world.Holds.LiftAsync(ContentId.Create(generation.At), hold, Statement, default)).ShouldBe(new HoldOutcome.Refused(HoldRefusal.OutputUnknown));
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task The_same_request_again_finds_one_hold_and_one_entry(StoreCall call, Fault fault)
    {
        var world = new GenerationFixture();
        var person = (await world.BeginAsync()).Person;
        var hold = HoldId.Create();
        world.Restart();
        world.Faults.On(call, fault);
        await GenerationFixture.TryAsync(() => world.Holds.SetAsync(person, hold, Statement, default));
        world.Restart();

        (await world.Holds.SetAsync(person, hold, Statement, default)).ShouldBeOfType<HoldOutcome.Done>();
        (await HoldsAsync(world, person)).Standing.ShouldBe([hold]);
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.HoldSet).ShouldBe(1);
        await world.ShouldBeAnnouncedAsync(person);
        await world.ShouldBeSoundAsync(person);
    }

    [Fact]
    public async Task A_hold_whose_reference_was_lost_is_announced_before_the_repeat_is_answered()
    {
        var world = new GenerationFixture();
        var person = (await world.BeginAsync()).Person;
        var hold = HoldId.Create();
        await world.LoseReferenceAsync(() => world.Holds.SetAsync(person, hold, Statement, default));
        world.Restart();

        (await world.Holds.SetAsync(person, hold, Statement, default)).ShouldBe(new HoldOutcome.Done(person, Replayed: true));
        await world.ShouldBeAnnouncedAsync(person);
    }

    [Fact]
    public async Task Other_entries_leave_a_hold_standing_and_the_lifted_ones_are_forgotten_at_last()
    {
        var world = new GenerationFixture();
        var person = (await world.BeginAsync()).Person;
        var kept = HoldId.Create();
        await world.Holds.SetAsync(person, kept, Statement, default);
        for (var i = 0; i < StreamHolds.MaxLifted + 1; i++)
        {
            var hold = HoldId.Create();
            await world.Holds.SetAsync(person, hold, Statement, default);
            await world.Holds.LiftAsync(person, hold, Statement, default);
        }

        await world.GrantAsync();
        world.Restart();
        var holds = await HoldsAsync(world, person);
        holds.Standing.ShouldBe([kept]);
        holds.Lifted.Length.ShouldBe(StreamHolds.MaxLifted);
    }

    [Theory]
    [InlineData("", "reason")]
    [InlineData("admin", " ")]
    [InlineData("admin\n", "reason")]
    [InlineData("admin", "a\u0000")]
    public void A_statement_says_who_and_why(string admin, string reason) => HoldStatement.Create(admin, reason).ShouldBeNull();

    [Fact]
    public void A_statement_has_an_end() => HoldStatement.Create("admin", new string('x', 513)).ShouldBeNull();

    private static async Task<StreamHolds> HoldsAsync(GenerationFixture world, StreamId person) => (await world.Gate.Ledger.ReadHeadAsync(person, default))!.Head.State.Holds;

    private static Task<AppendOutcome<bool>>[] Proposals(GenerationFixture world, Generation generation, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => world.Appender.AppendAsync(
            generation.Person, new Proposal<bool>(OperationId.Create(), [], static (state, _) => new(state, [new(EntryKind.StatusChanged, "{\"v\":1}"u8.ToArray(), default)], [], null, null, true)), isNew: false))];
}
