using Gating.Generations;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Generations;

/// <summary>Every call to storage on the way of a redemption goes wrong, each in each way: the same request again finds one generation and one charge.</summary>
public sealed class RedeemFaultsTests
{
    /// <summary>Calls that the path makes on a new process with fewer units than granted: the longest there is.</summary>
    private static readonly StoreCall[] Path = [StoreCall.ReadRegistry, StoreCall.ReadEntry, StoreCall.ReadHead, StoreCall.Commit, StoreCall.PutTrace];

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
    public async Task The_same_request_again_finds_one_generation_and_one_charge(StoreCall call, Fault fault, bool restarts)
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync(units: 3);
        var before = world.Faults.Calls(call);
        world.Faults.On(call, fault);
        var first = await GenerationFixture.TryAsync(() => world.RedeemAsync(grant, static request => request with { Units = 1 }));
        world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
        if (restarts)
        {
            world.Restart();
        }

        // The registry is not asked again at once after it could not be read.
        world.Gate.Time.Pass(RegistrySource.MaxAge);
        var again = (await world.RedeemAsync(grant, static request => request with { Units = 1 })).ShouldBeOfType<GenerationOutcome.Begun>();
        if (first is not null)
        {
            first.ShouldBeOfType<GenerationOutcome.Begun>().Generation.Contents.ShouldBe(again.Generation.Contents);
            again.Replayed.ShouldBeTrue();
        }

        (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed]);
        (await world.ChargedAsync(grant.Person)).ShouldBe(1);
        await world.ShouldBeAnnouncedAsync(grant.Person);
        await world.ShouldBeSoundAsync(grant.Person);
    }

    [Fact]
    public async Task The_path_makes_no_call_that_is_not_broken_above()
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync(units: 3);
        var before = Enum.GetValues<StoreCall>().ToDictionary(static call => call, world.Faults.Calls);
        await world.RedeemAsync(grant, static request => request with { Units = 1 });
        Enum.GetValues<StoreCall>().Where(call => world.Faults.Calls(call) != before[call]).ShouldBeSubsetOf([.. Path, StoreCall.ReadRegistryVersion]);
        Path.ShouldAllBe(call => world.Faults.Calls(call) - before[call] == 1);
    }

    [Theory]
    [InlineData(StoreCall.Commit)]
    [InlineData(StoreCall.PutTrace)]
    public async Task While_storage_is_away_nothing_begins_and_afterwards_it_begins_once(StoreCall away)
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync();
        using (world.Faults.Outage(Fault.Before, away))
        {
            for (var i = 0; i < 2; i++)
            {
                // Where it is sure that nothing happened it says so, and else that it does not know.
                (await GenerationFixture.TryAsync(() => world.RedeemAsync(grant))).ShouldBeOneOf(null, new GenerationOutcome.Refused(GenerationRefusal.Busy));
            }
        }

        (await world.RedeemAsync(grant)).ShouldBeOfType<GenerationOutcome.Begun>();
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Redeemed).ShouldBe(1);
        await world.ShouldBeAnnouncedAsync(grant.Person);
        await world.ShouldBeSoundAsync(grant.Person);
    }

    [Fact]
    public async Task A_replay_of_another_request_after_a_lost_answer_finds_the_grant_spent()
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync();
        await world.LoseReferenceAsync(() => world.RedeemAsync(grant));
        world.Restart();
        (await world.RedeemAsync(grant, static request => request with { Model = "other" })).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.GrantSpent));
        (await world.RedeemAsync(grant)).ShouldBeOfType<GenerationOutcome.Begun>().Replayed.ShouldBeTrue();
        (await world.ChargedAsync(grant.Person)).ShouldBe(1);
        await world.ShouldBeAnnouncedAsync(grant.Person);
        await world.ShouldBeSoundAsync(grant.Person);
    }
}
