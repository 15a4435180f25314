using Gating.Admission;
using Gating.Consents;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Consents;

/// <summary>Every call to storage goes wrong while a consent is given, withdrawn and used: it is recorded once, withdrawn once, and nobody gets a grant over a consent of which nothing is known.</summary>
public sealed class ConsentFaultsTests(ITestOutputHelper output)
{
    private static readonly OperatorKey Key = new(new byte[OperatorKey.Size]);

    public static TheoryData<Fault, bool> Faulty => new() { { Fault.Before, false }, { Fault.Before, true }, { Fault.After, false }, { Fault.After, true }, { Fault.Duplicate, false } };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Whatever_storage_does_the_same_request_again_gives_one_consent(Fault fault, bool restarts)
    {
        for (var (nth, lost) = (1L, 0); ; nth++)
        {
            var gate = new GateFixture();
            var (desk, terms) = (NewDesk(gate), Terms(gate));
            gate.Faults.OnAny(fault, nth);
            if (await GiveAsync(desk, terms) is null)
            {
                lost++;
                desk = restarts ? NewDesk(gate) : desk;
            }

            var met = gate.Faults.Revive();
            var done = (await GiveAsync(desk, terms)).ShouldBeOfType<ConsentOutcome.Done>();
            (await GiveAsync(NewDesk(gate), terms)).ShouldBeOfType<ConsentOutcome.Done>().ShouldBe(new(done.Consent with { Terms = terms }, IsRepeated: true), new SameConsent());
            (await GiveAsync(desk, terms with { Purpose = "another" })).ShouldBe(new ConsentOutcome.Refused(ConsentRefusal.KeyMismatch));
            (await gate.EntriesAsync("dora")).Select(static entry => entry.Kind).ShouldBe([EntryKind.Consented]);
            await ShouldBeSoundAsync(gate, done.Consent.Depicted);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}: {lost} answers lost");
                nth.ShouldBeGreaterThan(3);
                (lost > 0).ShouldBe(fault is not Fault.Duplicate);
                return;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Whatever_storage_does_the_same_request_again_withdraws_it_once(Fault fault, bool restarts)
    {
        for (var (nth, lost) = (1L, 0); ; nth++)
        {
            var gate = new GateFixture();
            var id = await gate.ConsentAsync();
            var desk = NewDesk(gate);
            gate.Faults.OnAny(fault, nth);
            if (await WithdrawAsync(desk, id) is null)
            {
                lost++;
                desk = restarts ? NewDesk(gate) : desk;
            }

            var met = gate.Faults.Revive();
            var done = (await WithdrawAsync(desk, id)).ShouldBeOfType<ConsentOutcome.Done>();
            (await WithdrawAsync(NewDesk(gate), id)).ShouldBeOfType<ConsentOutcome.Done>().IsRepeated.ShouldBeTrue();
            (await gate.EntriesAsync("dora")).Select(static entry => entry.Kind).ShouldBe([EntryKind.Consented, EntryKind.ConsentWithdrawn]);
            (await AskAsync(gate, id)).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ConsentWithdrawn);
            await ShouldBeSoundAsync(gate, done.Consent.Depicted);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}: {lost} answers lost");
                nth.ShouldBeGreaterThan(3);
                (lost > 0).ShouldBe(fault is not Fault.Duplicate);
                return;
            }
        }
    }

    [Fact]
    public async Task Of_a_consent_that_cannot_be_read_no_grant_comes()
    {
        foreach (var fault in new[] { Fault.Before, Fault.After })
        {
            foreach (var call in new[] { StoreCall.ReadHead, StoreCall.ReadEntry, StoreCall.ReadSettlement })
            {
                // Read once for the decision, and once after the commit.
                for (var nth = 1; nth <= 2; nth++)
                {
                    var gate = new GateFixture();
                    var id = await gate.ConsentAsync();
                    (await AskAsync(gate, id)).ShouldBeOfType<AdmissionDecision.Granted>();
                    gate.Faults.On(call, fault, nth);
                    await Should.ThrowAsync<StorageUnavailableException>(AskAsync(gate, id), $"{call} {nth}");
                }
            }
        }
    }

    private static ConsentTerms Terms(GateFixture gate) => new([GateFixture.Tool], ["app"], null, "a film", DateTimeOffset.FromUnixTimeMilliseconds(gate.Time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds()));

    private static ConsentDesk NewDesk(GateFixture gate) => new(gate.NewNames(), gate.Store, new(gate.Store, Key), new(gate.Store, gate.Queue, Key, gate.Time), gate.ConsentHandles, gate.Time);

    private static Task<AdmissionDecision> AskAsync(GateFixture gate, string consent) => gate.AskAsync(request => request with { Detail = request.Detail with { ConsentIds = [consent] } });

    /// <summary>Null where storage failed: nobody was told anything.</summary>
    private static Task<ConsentOutcome?> GiveAsync(ConsentDesk desk, ConsentTerms terms) => TryAsync(() => desk.GiveAsync("app", GateFixture.Person("dora"), terms, GateFixture.Key("k"), default));

    private static Task<ConsentOutcome?> WithdrawAsync(ConsentDesk desk, string id) => TryAsync(() => desk.WithdrawAsync("app", GateFixture.Person("dora"), id, default));

    private static async Task<ConsentOutcome?> TryAsync(Func<Task<ConsentOutcome>> request)
    {
        try
        {
            return await request();
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    private static async Task ShouldBeSoundAsync(GateFixture gate, StreamId person)
    {
        (await StreamVerifier.VerifyAsync(gate.Ledger, person, default)).Findings.ShouldBeEmpty();
        gate.Faults.Violations.ShouldBeEmpty();
        var told = gate.Queue.References.Where(reference => reference.Stream == person).SelectMany(static reference => Enumerable.Range((int)reference.From, (int)(reference.To - reference.From + 1)));
        Enumerable.Range(1, (int)(await gate.Ledger.ReadHeadAsync(person, default))!.Head.Seq).Except(told).ShouldBeEmpty();
    }

    /// <summary>Lists in it are compared by what is in them.</summary>
    private sealed class SameConsent : IEqualityComparer<ConsentOutcome.Done>
    {
        public bool Equals(ConsentOutcome.Done? x, ConsentOutcome.Done? y) => x!.IsRepeated == y!.IsRepeated
            && x.Consent with { Terms = null } == y.Consent with { Terms = null }
            && x.Consent.Terms! with { Tools = [], Apps = [] } == y.Consent.Terms! with { Tools = [], Apps = [] }
            && x.Consent.Terms!.Tools.SequenceEqual(y.Consent.Terms!.Tools) && x.Consent.Terms.Apps.SequenceEqual(y.Consent.Terms.Apps);

        public int GetHashCode(ConsentOutcome.Done obj) => obj.IsRepeated.GetHashCode();
    }
}
