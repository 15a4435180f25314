using Gating.Admission;
using Gating.Erasure;
using Gating.Generations;
using Gating.Ledger;
using Gating.Revocation;
using Shouldly;
using Xunit;

namespace Gating.Tests.Revocation;

/// <summary>A person whose stop is ordered for later: until then nothing is otherwise, from then on everything is as after any stop, and nobody has to do anything for it.</summary>
public sealed class TimedStopsTests
{
    private readonly RevocationOffice _office = new();

    [Fact]
    public async Task Until_its_time_the_person_goes_on_and_from_then_on_nothing_is_given_or_redeemed()
    {
        var (first, from) = (await _office.World.GrantAsync(), In(minutes: 1));
        var ordered = RevocationOffice.Done(await _office.RevokeAsync(first.Person, from: from));
        ordered.Standing.ShouldBe(RevocationStanding.Waiting);
        (await _office.World.RedeemAsync(first)).ShouldBeOfType<GenerationOutcome.Begun>();
        var second = await _office.World.GrantAsync();

        _office.World.Gate.Time.Pass(TimeSpan.FromMinutes(1));
        (await _office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.PersonRevoked);
        (await _office.World.RedeemAsync(second)).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.PersonRevoked));
        (await _office.Desk.FindAsync(ordered.Revocation.Id, default))!.Value.Standing.ShouldBe(RevocationStanding.Standing);
        await _office.ShouldBeSoundAsync(first.Person);
    }

    [Fact]
    public async Task The_same_order_again_is_answered_as_it_stands_by_then()
    {
        var (grant, from) = (await _office.World.GrantAsync(), In(minutes: 1));
        var ordered = RevocationOffice.Done(await _office.RevokeAsync(grant.Person, from: from)).Revocation;
        foreach (var standing in new[] { RevocationStanding.Waiting, RevocationStanding.Standing })
        {
            _office.Restart();
            RevocationOffice.Done(await _office.RevokeAsync(grant.Person, from: from)).ShouldBe(new(ordered, standing, Replayed: true));
            _office.World.Gate.Time.Pass(TimeSpan.FromMinutes(1));
        }

        (await _office.RevokeAsync(grant.Person)).ShouldBe(new RevocationOutcome.Refused(RevocationRefusal.KeyTaken));
        (await _office.World.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.StatusChanged).ShouldBe(1);
    }

    [Fact]
    public async Task It_reaches_the_grants_that_are_open_when_it_begins()
    {
        var used = await _office.World.GrantAsync();
        var ordered = RevocationOffice.Done(await _office.RevokeAsync(used.Person, from: In(minutes: 1))).Revocation;
        var between = await _office.World.GrantAsync();
        (await _office.World.RedeemAsync(used)).ShouldBeOfType<GenerationOutcome.Begun>();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            (await _office.Grants.ReadAsync(used.Person, ordered.Place, null, default)).Grants.ShouldHaveSingleItem().Seq.ShouldBe(between.Seq);
            _office.World.Gate.Time.Pass(TimeSpan.FromMinutes(2));
            (await _office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>();
        }
    }

    [Fact]
    public async Task One_that_is_lifted_before_its_time_never_begins()
    {
        var grant = await _office.World.GrantAsync();
        var ordered = RevocationOffice.Done(await _office.RevokeAsync(grant.Person, from: In(minutes: 1))).Revocation;
        RevocationOffice.Done(await _office.Desk.LiftAsync(ordered.Id, "a mistake", RevocationOffice.Ben, default)).Standing.ShouldBe(RevocationStanding.Lifted);
        _office.World.Gate.Time.Pass(TimeSpan.FromMinutes(2));
        (await _office.World.RedeemAsync(grant)).ShouldBeOfType<GenerationOutcome.Begun>();
        (await _office.Desk.FindAsync(ordered.Id, default))!.Value.Standing.ShouldBe(RevocationStanding.Lifted);
    }

    [Fact]
    public async Task A_suspension_begins_and_ends_by_itself()
    {
        var person = (await _office.World.GrantAsync()).Person;
        RevocationOffice.Done(await _office.RevokeAsync(person, from: In(minutes: 1), until: In(minutes: 3)));
        _office.World.Gate.Time.Pass(TimeSpan.FromMinutes(2));
        (await _office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.PersonSuspended);
        _office.World.Gate.Time.Pass(TimeSpan.FromMinutes(2));
        (await _office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
    }

    [Fact]
    public async Task What_has_passed_when_it_is_ordered_holds_at_once()
    {
        var grant = await _office.World.GrantAsync();
        RevocationOffice.Done(await _office.RevokeAsync(grant.Person, from: In(minutes: -1))).Standing.ShouldBe(RevocationStanding.Standing);
        (await _office.World.RedeemAsync(grant)).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.PersonRevoked));
    }

    [Fact]
    public async Task Further_ahead_than_a_year_nothing_is_ordered()
    {
        var person = (await _office.World.GrantAsync()).Person;
        (await _office.RevokeAsync(person, from: In(minutes: 1) + RevocationDesk.MostAhead)).ShouldBe(new RevocationOutcome.Refused(RevocationRefusal.TooFarAhead));
        (await _office.World.Gate.EntriesAsync()).ShouldHaveSingleItem();
        RevocationOffice.Done(await _office.RevokeAsync(person, from: In(minutes: -1) + RevocationDesk.MostAhead)).Standing.ShouldBe(RevocationStanding.Waiting);
    }

    /// <summary>Or what is to begin would have nobody to meet, and the person came back as somebody new.</summary>
    [Fact]
    public void Whoever_is_to_be_stopped_is_not_erased_before_it()
    {
        var noon = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        var state = StopRules.Set(new(new(0, 1)), null, noon.AddDays(1), new(EntryKind.StatusChanged, "{}"u8.ToArray(), default), StreamState.New, new(noon, 0, 7)).State;
        var last = noon - ErasureRules.Kept;
        ErasureRules.Refuse(StreamState.New, last, noon).ShouldBeNull();
        ErasureRules.Refuse(state, last, noon).ShouldBe(ErasureRefusal.Suspended);
        ErasureRules.Refuse(state, last, noon.AddDays(1)).ShouldBeNull();
    }

    private DateTimeOffset In(int minutes) => DateTimeOffset.FromUnixTimeMilliseconds(_office.World.Gate.Time.GetUtcNow().AddMinutes(minutes).ToUnixTimeMilliseconds());
}
