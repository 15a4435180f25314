using Gating.Admission;
using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

/// <summary>A request rests on up to three keys: one that is stopped is enough, and one that belongs to nobody here changes nothing.</summary>
public sealed class StoppedKeysTests
{
    private static readonly Dictionary<string, Func<AdmissionRequest, AdmissionRequest>> Keys = new(StringComparer.Ordinal)
    {
        ["of the proof"] = static request => request with { KeyThumbprint = "a" },
        ["of the app"] = static request => request with { ClientKey = "a" },
        ["of the issuer"] = static request => request with { Identity = request.Identity with { SignedWith = "a" } },
    };

    public static TheoryData<string> Whose => [.. Keys.Keys];

    [Theory]
    [MemberData(nameof(Whose))]
    public async Task One_that_is_stopped_lets_nobody_in_until_it_is_lifted(string whose)
    {
        var gate = new GateFixture();
        await gate.StopKeyAsync("b");
        (await gate.AskAsync(Keys[whose])).ShouldBeOfType<AdmissionDecision.Granted>();
        var stop = await gate.StopKeyAsync("a");
        (await gate.AskAsync(Keys[whose])).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.KeyStopped);
        (await gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        await gate.LiftAsync(stop);
        (await gate.AskAsync(Keys[whose])).ShouldBeOfType<AdmissionDecision.Granted>();
    }

    [Theory]
    [MemberData(nameof(Whose))]
    public async Task One_that_is_stopped_between_the_decision_and_the_signature_is_seen(string whose)
    {
        var gate = new GateFixture();
        (await gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        var announced = gate.Faults.HoldNext(StoreCall.PutTrace);
        var asking = gate.AskAsync(Keys[whose]);
        await announced.Reached;
        await gate.StopKeyAsync("a");
        announced.Release();
        (await asking).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.KeyStopped);
        (await gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Granted]);
    }
}
