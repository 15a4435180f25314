using Gating.Admission;
using Gating.Consents;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.Consents;

/// <summary>What a consent is to an admission that names it.</summary>
public sealed class ConsentTests
{
    [Fact]
    public async Task A_withdrawal_that_comes_between_the_decision_and_the_signature_is_seen()
    {
        var gate = new GateFixture();
        var id = await gate.ConsentAsync();
        (await AskAsync(gate, id)).ShouldBeOfType<AdmissionDecision.Granted>();
        var commit = gate.Faults.HoldNext(StoreCall.Commit);
        var asked = AskAsync(gate, id);
        await commit.Reached;
        (await gate.ConsentDesk.WithdrawAsync("app", GateFixture.Person("dora"), id, default)).ShouldBeOfType<ConsentOutcome.Done>();
        commit.Release();
        (await asked).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ConsentWithdrawn);

        // Its units stay charged, and its entry tells what was asked for and which consents held when that was decided.
        (await gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Granted]);
    }

    [Fact]
    public async Task Without_consents_an_admission_reads_what_it_did_before()
    {
        var gate = new GateFixture();
        await gate.AskAsync();
        var before = gate.Faults.AllCalls;
        await gate.AskAsync();
        var without = gate.Faults.AllCalls - before;
        var id = await gate.ConsentAsync();
        before = gate.Faults.AllCalls;
        await AskAsync(gate, id);
        (gate.Faults.AllCalls - before - without).ShouldBe(6, "three point reads for the decision, and three after the commit");
    }

    [Fact]
    public async Task One_key_is_one_consent()
    {
        var gate = new GateFixture();
        var terms = new ConsentTerms([], [], null, "a film", DateTimeOffset.FromUnixTimeMilliseconds(gate.Time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds()));
        Task<ConsentOutcome> GiveAsync(ConsentTerms what) => gate.ConsentDesk.GiveAsync("app", GateFixture.Person("dora"), what, GateFixture.Key("k"), default);
        var first = (await GiveAsync(terms)).ShouldBeOfType<ConsentOutcome.Done>();
        var again = (await GiveAsync(terms)).ShouldBeOfType<ConsentOutcome.Done>();
        (first.IsRepeated, again.IsRepeated, again.Consent.Seq).ShouldBe((false, true, first.Consent.Seq));
        (await GiveAsync(terms with { Apps = ["app"] })).ShouldBe(new ConsentOutcome.Refused(ConsentRefusal.KeyMismatch));
        (await gate.EntriesAsync("dora")).Select(static entry => entry.Kind).ShouldBe([EntryKind.Consented]);
    }

    private static Task<AdmissionDecision> AskAsync(GateFixture gate, string consent) => gate.AskAsync(request => request with { Detail = request.Detail with { ConsentIds = [consent] } });
}
