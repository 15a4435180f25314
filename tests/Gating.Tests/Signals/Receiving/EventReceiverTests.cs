using Gating.Admission;
using Gating.Ledger;
using Gating.Revocation;
using Gating.Signals.Receiving;
using Gating.Tests.Revocation;
using Shouldly;
using Xunit;

namespace Gating.Tests.Signals.Receiving;

/// <summary>What follows from what an issuer reports.</summary>
public sealed class EventReceiverTests
{
    private readonly EventOffice _office = new();

    [Fact]
    public async Task A_session_that_was_revoked_stops_the_person_until_no_token_from_before_is_left()
    {
        var person = (await _office.Desk.World.GrantAsync()).Person;
        await _office.DoneAsync(_office.Event(ReportedKind.SessionRevoked));
        (await _office.Desk.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.PersonSuspended);
        _office.Desk.World.Gate.Time.Pass(TimeSpan.FromMinutes(60));
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Suspended);
        _office.Desk.World.Gate.Time.Pass(TimeSpan.FromMinutes(1));
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Active);

        // One that comes when that is over already has nothing to stop.
        await _office.DoneAsync(_office.Event(ReportedKind.SessionRevoked, "e2", ago: TimeSpan.FromMinutes(62)));
        (await _office.RecordsAsync()).ShouldBe([EntryKind.Revoked]);
    }

    [Theory]
    [InlineData(ReportedKind.AccountDisabled)]
    [InlineData(ReportedKind.AccountPurged)]
    public async Task An_account_that_is_gone_stops_the_person_until_somebody_lifts_it(ReportedKind kind)
    {
        var person = (await _office.Desk.World.GrantAsync()).Person;
        await _office.DoneAsync(_office.Event(kind));
        await _office.DoneAsync(_office.Event(kind));
        _office.Desk.World.Gate.Time.Pass(TimeSpan.FromDays(400));
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Revoked);

        // On record as any other: whose word it was, and liftable by an admin.
        var (revocation, standing) = (await _office.Desk.Desk.ListAsync(null, 10, default)).Revocations.ShouldHaveSingleItem();
        (revocation.By.Issuer, revocation.By.Subject, revocation.Order.Reason, standing).ShouldBe(
            (EventOffice.Issuer.Id, $"https://schemas.openid.net/secevent/risc/event-type/{(kind is ReportedKind.AccountDisabled ? "account-disabled" : "account-purged")}", RevocationReason.Hijacking, RevocationStanding.Standing));
        revocation.Order.Text.ShouldContain("event e1");
        RevocationOffice.Done(await _office.Desk.Desk.LiftAsync(revocation.Id, "a mistake", RevocationOffice.Ada, default)).Standing.ShouldBe(RevocationStanding.Lifted);
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Active);
    }

    [Fact]
    public async Task The_same_event_after_it_was_lifted_stops_nobody_again()
    {
        var person = (await _office.Desk.World.GrantAsync()).Person;
        var disabled = _office.Event(ReportedKind.AccountDisabled);
        await _office.DoneAsync(disabled);
        await _office.DoneAsync(_office.Event(ReportedKind.AccountEnabled, "e2"));
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Active);
        await _office.DoneAsync(disabled);
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Active);
        (await _office.RecordsAsync()).ShouldBe([EntryKind.Revoked, EntryKind.AccountEnabled]);
    }

    [Fact]
    public async Task An_account_that_is_in_use_again_lifts_what_its_own_issuer_disabled_and_nothing_else()
    {
        var person = (await _office.Desk.World.GrantAsync()).Person;
        await _office.DoneAsync(_office.Event(ReportedKind.AccountEnabled, "e0"));
        (await _office.RecordsAsync()).ShouldBeEmpty();

        await _office.Desk.RevokeAsync(person);
        await _office.Desk.RevokeAsync(person, "k2", by: new(EventOffice.Issuer.Id, "an admin there", null));
        await _office.DoneAsync(_office.Event(ReportedKind.SessionRevoked));
        await _office.DoneAsync(_office.Event(ReportedKind.AccountPurged));
        var other = _office.Event(ReportedKind.AccountDisabled) with { Issuer = EventOffice.Issuer with { Id = "https://other.test" } };
        RevocationOffice.Done(await _office.Desk.Desk.RevokeAsync(new(new RevocationTarget.OfPerson(person), RevocationReason.Other, "x", null), other.By, Admission.GateFixture.Key("k"), default));
        await _office.DoneAsync(_office.Event(ReportedKind.AccountDisabled));
        (await StandingAsync(person)).ShouldBe(6);
        await _office.DoneAsync(_office.Event(ReportedKind.AccountEnabled));
        (await StandingAsync(person)).ShouldBe(5);
        var lifted = (await _office.Desk.Desk.ListAsync(null, 10, default)).Revocations.Single(static one => one.Standing is RevocationStanding.Lifted).Revocation;
        lifted.By.ShouldBe(_office.Event(ReportedKind.AccountDisabled).By);
        await _office.Desk.ShouldBeSoundAsync(person);
    }

    [Fact]
    public async Task An_account_that_is_in_use_again_is_so_until_it_is_disabled_anew()
    {
        var person = (await _office.Desk.World.GrantAsync()).Person;
        await _office.DoneAsync(_office.Event(ReportedKind.AccountDisabled, "d1"));
        var enabled = _office.Event(ReportedKind.AccountEnabled, "n1");
        await _office.DoneAsync(enabled);
        await _office.DoneAsync(_office.Event(ReportedKind.AccountDisabled, "d2"));

        // Told again, it lifts what it lifted; and one that was made before the stop came lifts nothing.
        await _office.DoneAsync(enabled);
        await _office.DoneAsync(_office.Event(ReportedKind.AccountEnabled, "n2", ago: TimeSpan.FromMinutes(5)));
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Revoked);
        await _office.DoneAsync(_office.Event(ReportedKind.AccountEnabled, "n3"));
        (await _office.StatusAsync(person)).ShouldBe(StreamStatus.Active);
    }

    [Theory]
    [InlineData(ReportedKind.SessionRevoked)]
    [InlineData(ReportedKind.AccountDisabled)]
    [InlineData(ReportedKind.AccountEnabled)]
    [InlineData(ReportedKind.AssuranceLevelChange)]
    [InlineData(ReportedKind.Other)]
    public async Task Of_whom_nothing_is_recorded_nothing_becomes_known(ReportedKind kind)
    {
        var claims = _office.Desk.World.Faults.Calls(Testing.Storage.StoreCall.ClaimName);
        await _office.DoneAsync(_office.Event(kind, subject: "nobody"));
        _office.Desk.World.Faults.Calls(Testing.Storage.StoreCall.ClaimName).ShouldBe(claims);
        _office.Desk.World.Faults.Calls(Testing.Storage.StoreCall.Commit).ShouldBe(0);
    }

    [Theory]
    [InlineData(ReportedKind.AccountDisabled)]
    [InlineData(ReportedKind.SessionRevoked)]
    public async Task An_id_of_another_event_is_told(ReportedKind kind)
    {
        await _office.Desk.World.GrantAsync();
        await _office.Desk.World.Gate.AskAsync(static request => request with { Identity = Admission.GateFixture.Person("bo") });
        await _office.DoneAsync(_office.Event(kind));
        (await _office.FollowAsync(_office.Event(kind, subject: "bo"))).ShouldBe(new ReceivedOutcome.Refused(EventRefusal.IdTaken));
    }

    [Fact]
    public async Task A_change_of_levels_is_recorded_once_and_admits_or_refuses_nobody()
    {
        var person = (await _office.Desk.World.GrantAsync()).Person;
        var change = _office.Event(ReportedKind.AssuranceLevelChange);
        await _office.DoneAsync(change);
        _office.Restart();
        await _office.DoneAsync(change);
        await _office.DoneAsync(_office.Event(ReportedKind.AssuranceLevelChange, "e2") with { Assurance = null });
        var entry = (await _office.Desk.EntriesAsync(person)).Single(static entry => entry.Kind is EntryKind.AssuranceChanged);
        System.Text.Encoding.UTF8.GetString(entry.Public.Span).ShouldBe("""{"v":1,"level":"low","previous":"high","direction":"decrease"}""");
        EventEntries.ReadChanged(entry).ShouldBe(change.Assurance);
        (await _office.Desk.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
    }

    private async Task<int> StandingAsync(StreamId person) => (await _office.Desk.World.Gate.Ledger.ReadHeadAsync(person, default))!.Head.State.Stops.Standing.Length;
}
