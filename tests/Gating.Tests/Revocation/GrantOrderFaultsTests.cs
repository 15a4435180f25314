using Gating.Generations;
using Gating.Ledger;
using Gating.Revocation;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Revocation;

/// <summary>An admin takes one grant while storage fails at each call, in each way: the same order again completes it, it is recorded once on both sides, and its units come back once or not at all.</summary>
public sealed class GrantOrderFaultsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, false)]
    public async Task Whatever_storage_does_the_same_order_again_completes_it(Fault fault, bool wasRedeemed)
    {
        var lost = 0;
        for (var nth = 1L; ; nth++)
        {
            var office = new RevocationOffice();
            var grant = await office.World.GrantAsync(units: 2);
            if (wasRedeemed)
            {
                (await office.World.RedeemAsync(grant)).ShouldBeOfType<GenerationOutcome.Begun>();
            }

            office.World.Faults.OnAny(fault, nth);
            RevocationOutcome? answer;
            while ((answer = await GenerationFixture.TryAsync(() => TakeAsync(office, grant))) is null)
            {
                lost++;
                office.Restart();
            }

            var revoked = RevocationOffice.Done(answer).Revocation;
            var met = office.World.Faults.Revive();
            (await office.World.RedeemAsync(grant)).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.GrantSpent));
            (await office.World.Gate.Ledger.ReadHeadAsync(grant.Person, default))!.Head.State.Windows.Sum(static window => window.Used).ShouldBe(wasRedeemed ? 2 : 0);
            (await office.World.Gate.EntriesAsync()).Single(static entry => entry.Kind is EntryKind.Released).Seq.ShouldBe(revoked.Place);
            (await office.EntriesAsync(await office.OperatorAsync())).ShouldHaveSingleItem().Kind.ShouldBe(EntryKind.Revoked);
            var again = RevocationOffice.Done(await TakeAsync(office, grant));
            (again.Replayed, again.Standing, again.Revocation).ShouldBe((true, RevocationStanding.Standing, revoked));
            await office.ShouldBeSoundAsync(grant.Person);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}: {lost} answers lost");
                nth.ShouldBeGreaterThan(10);
                return;
            }
        }
    }

    [Fact]
    public async Task One_that_has_expired_is_refused_and_one_that_was_taken_ends_with_its_time()
    {
        var office = new RevocationOffice();
        var (over, taken) = (await office.World.GrantAsync(), await office.World.GrantAsync());
        var revoked = RevocationOffice.Done(await TakeAsync(office, taken));
        office.World.Gate.Time.Pass(TimeSpan.FromMinutes(6));
        (await TakeAsync(office, over, "k2")).ShouldBe(new RevocationOutcome.Refused(RevocationRefusal.GrantOver));
        (await office.Desk.FindAsync(revoked.Revocation.Id, default))!.Value.Standing.ShouldBe(RevocationStanding.Ended);
        (await office.Desk.LiftAsync(revoked.Revocation.Id, "x", RevocationOffice.Ben, default)).ShouldBe(new RevocationOutcome.Refused(RevocationRefusal.GrantFinal));
        (await office.EntriesAsync(await office.OperatorAsync())).ShouldHaveSingleItem();
    }

    private static Task<RevocationOutcome> TakeAsync(RevocationOffice office, Gating.Grants.PresentedGrant grant, string key = "k") => office.Desk.RevokeAsync(
        new(new RevocationTarget.OfGrant(grant.Person, grant.Seq, grant.App), RevocationReason.Abuse, "why", null), RevocationOffice.Ada, GateFixture.Key(key), default);
}
