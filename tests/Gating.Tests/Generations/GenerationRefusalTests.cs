using Gating.Generations;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.Generations;

/// <summary>The decision table: for every reason there is, a situation that is refused for exactly that reason, with nothing recorded.</summary>
public sealed class GenerationRefusalTests
{
    private static readonly Dictionary<GenerationRefusal, Func<GenerationFixture, Task<GenerationOutcome>>> Table = new()
    {
        [GenerationRefusal.AppStopped] = world => AfterAsync(world, () => world.Gate.Registry["apps"]![0]!["status"] = "stopped"),
        [GenerationRefusal.ToolStopped] = world => AfterAsync(world, () => world.Gate.FirstTool["status"] = "stopped"),
        [GenerationRefusal.IssuerStopped] = world => AfterAsync(world, () => world.Gate.Registry["issuers"]![0]!["status"] = "stopped"),
        [GenerationRefusal.KeyStopped] = async world =>
        {
            var grant = (await world.GrantAsync()) with { KeyThumbprint = "a" };
            await world.Gate.StopKeyAsync("a");
            return await world.RedeemAsync(grant);
        },
        [GenerationRefusal.PersonRevoked] = world => InStateAsync(world, StreamStatus.Revoked),
        [GenerationRefusal.PersonSuspended] = world => InStateAsync(world, StreamStatus.Suspended),
        [GenerationRefusal.GrantExpired] = world => AfterAsync(world, () => world.Gate.Time.Pass(TimeSpan.FromSeconds(300))),
        [GenerationRefusal.GrantSpent] = async world =>
        {
            var grant = await world.GrantAsync();
            await world.RedeemAsync(grant);
            return await world.RedeemAsync(grant, static request => request with { Outputs = 2 });
        },
        [GenerationRefusal.TooManyUnits] = async world => await world.RedeemAsync(await world.GrantAsync(2), static request => request with { Units = 3 }),
        [GenerationRefusal.ProofReplayed] = async world =>
        {
            var proof = new ShortLivedRow(KeyHash.Of("proof", "1"), world.Gate.Time.GetUtcNow().AddMinutes(1));
            await world.RedeemAsync(await world.GrantAsync(), proof: proof);
            return await world.RedeemAsync(await world.GrantAsync(), proof: proof);
        },
        [GenerationRefusal.ConsentWithdrawn] = async world =>
        {
            var id = await world.Gate.ConsentAsync();
            var grant = await world.GrantAsync(1, id);
            await world.Gate.ConsentDesk.WithdrawAsync("app", GateFixture.Person("dora"), id, default);
            return await world.RedeemAsync(grant);
        },
        [GenerationRefusal.Busy] = async world =>
        {
            var grant = await world.GrantAsync();
            var commit = world.Faults.HoldNext(StoreCall.Commit);
            var first = world.RedeemAsync(grant);
            await commit.Reached;
            var waiting = Enumerable.Range(0, Appender.MaxWaiting).Select(_ => world.RedeemAsync(grant)).ToArray();
            var last = await world.RedeemAsync(grant);
            commit.Release();
            await Task.WhenAll(waiting.Append(first));
            return last;
        },
    };

    public static TheoryData<GenerationRefusal> Reasons => [.. Enum.GetValues<GenerationRefusal>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Every_reason_has_a_situation_that_is_refused_for_it(GenerationRefusal reason)
    {
        var world = new GenerationFixture();
        (await Table[reason](world)).ShouldBe(new GenerationOutcome.Refused(reason));
        var mayHaveBegun = reason is GenerationRefusal.GrantSpent or GenerationRefusal.ProofReplayed or GenerationRefusal.Busy;
        (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Redeemed).ShouldBe(mayHaveBegun ? 1 : 0);
        world.Faults.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StreamStatus.Revoked, GenerationRefusal.PersonRevoked)]
    [InlineData(StreamStatus.Suspended, GenerationRefusal.PersonSuspended)]
    public async Task Who_was_stopped_since_is_not_told_again_what_began(StreamStatus status, GenerationRefusal reason)
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync();
        await world.RedeemAsync(grant);
        await world.Gate.ChangeStateAsync(state => state with { Status = status });
        world.Restart();
        (await world.RedeemAsync(grant)).ShouldBe(new GenerationOutcome.Refused(reason));
    }

    [Fact]
    public async Task A_grant_that_was_released_is_spent()
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync();
        await world.Gate.ChangeStateAsync(static state => state, settles: grant.Seq);
        (await world.RedeemAsync(grant)).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.GrantSpent));
    }

    private static async Task<GenerationOutcome> AfterAsync(GenerationFixture world, Action change)
    {
        var grant = await world.GrantAsync();
        change();
        await world.Gate.WriteRegistryAsync();
        return await world.RedeemAsync(grant);
    }

    private static async Task<GenerationOutcome> InStateAsync(GenerationFixture world, StreamStatus status)
    {
        var grant = await world.GrantAsync();
        await world.Gate.ChangeStateAsync(state => state with { Status = status });
        return await world.RedeemAsync(grant);
    }
}
