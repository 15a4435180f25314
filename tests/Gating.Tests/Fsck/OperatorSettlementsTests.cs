using Gating.Access;
using Gating.Fsck;
using Gating.Ledger;
using Gating.Mandates;
using Gating.Registry.Changes;
using Gating.Revocation;
using Gating.Testing.Storage;
using Gating.Tests.Registry.Changes;
using Gating.Tests.Revocation;
using Shouldly;
using Xunit;

namespace Gating.Tests.Fsck;

/// <summary>What fsck expects of the operator's ledger is what its entries settle: of changes, mandates and liftings, no row more and none less.</summary>
public sealed class OperatorSettlementsTests
{
    [Fact]
    public async Task Of_changes_that_were_approved_declined_carried_out_and_dropped()
    {
        var office = await ChangeOffice.OpenAsync();
        var first = ChangeOffice.Done(await office.SetAsync(ChangeOffice.OneTool, "maxUnits", 3, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        var second = ChangeOffice.Done(await office.SetAsync(ChangeOffice.OneTool, "maxUnits", 4, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        var third = ChangeOffice.Done(await office.SetAsync(ChangeOffice.OneTool, "maxUnits", 5, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        ChangeOffice.Done(await office.Desk.ApproveAsync(second, ChangeOffice.Ben, default), ChangeStanding.Applied);
        ChangeOffice.ShouldBeRefused(await office.Desk.ApproveAsync(first, ChangeOffice.Ben, default), ChangeRefusal.Stale);
        ChangeOffice.Done(await office.Desk.DeclineAsync(third, ChangeOffice.Ben, default), ChangeStanding.Declined);
        await ShouldExpectAsync(
            office.Gate.Ledger, await office.EntriesAsync(), ChangeParts.Decision(first), ChangeParts.End(first), ChangeParts.Decision(second), ChangeParts.End(second), ChangeParts.Decision(third));
    }

    [Fact]
    public async Task Of_mandates_and_liftings()
    {
        var office = new RevocationOffice();
        var grant = await office.World.GrantAsync();
        var revoked = RevocationOffice.Done(await office.RevokeAsync(grant.Person)).Revocation;
        RevocationOffice.Done(await office.Desk.LiftAsync(revoked.Id, "a mistake", RevocationOffice.Ben, default));
        var now = office.World.Gate.Time.GetUtcNow();
        var operators = new OperatorLedger(office.World.Gate.Store, office.World.Appender, office.World.Gate.NewNames(), new(office.World.Gate.Store, new(new byte[OperatorKey.Size])));
        var desk = new MandateDesk(operators, office.World.Gate.Time);
        var terms = new MandateTerms(new("https://desk.test", "rita", null), "p", "l", "c", new([], [], [], now.AddDays(-1), now.AddDays(1), MandateFields.None), now.AddDays(10));
        var approved = ((MandateOutcome.Done)await desk.ProposeAsync(terms, RevocationOffice.Ada, default)).Mandate;
        (await desk.ApproveAsync(approved, RevocationOffice.Ben, default)).ShouldBeOfType<MandateOutcome.Done>();
        (await desk.WithdrawAsync(approved, RevocationOffice.Ben, default)).ShouldBeOfType<MandateOutcome.Done>();
        var declined = ((MandateOutcome.Done)await desk.ProposeAsync(terms, RevocationOffice.Ada, default)).Mandate;
        (await desk.DeclineAsync(declined, RevocationOffice.Ben, default)).ShouldBeOfType<MandateOutcome.Done>();
        await ShouldExpectAsync(
            office.World.Gate.Ledger, await office.EntriesAsync(await office.OperatorAsync()), RevocationParts.Lifting(revoked.Id), MandateParts.Decision(approved), MandateParts.Withdrawal(approved),
            MandateParts.Decision(declined));
    }

    private static async Task ShouldExpectAsync(InMemoryLedgerStore ledger, List<Entry> entries, params SettlementId[] settled)
    {
        var (stream, last) = (entries[0].Stream, entries[^1].Seq);
        var expected = new StreamSettlements(stream);
        entries.ForEach(expected.Add);
        expected.Missing().Count().ShouldBe(settled.Length);
        foreach (var id in settled)
        {
            var row = (await ledger.ReadSettlementAsync(stream, id, default)).ShouldNotBeNull();
            expected.Judge(row, last).ShouldBeEmpty();
        }

        expected.Missing().ShouldBeEmpty();

        // None of their entries leaves a doubt behind which a row could hide that nobody wrote.
        foreach (var entry in entries)
        {
            expected.Judge(new(new(last + 1, 1), entry.Seq), last).ShouldHaveSingleItem();
        }
    }
}
