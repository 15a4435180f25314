using System.Globalization;
using Gating.Ledger;
using Gating.Revocation;
using Shouldly;
using Xunit;

namespace Gating.Tests.Revocation;

/// <summary>Stops on values: what they make of a person's status, by the clock alone.</summary>
public sealed class StopRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Set at noon, and asked at another time.</summary>
    [Theory]
    [InlineData("", "12:00", StreamStatus.Active)]
    [InlineData("never", "12:00", StreamStatus.Revoked)]
    [InlineData("never", "23:59", StreamStatus.Revoked)]
    [InlineData("13:00", "12:59:59.999", StreamStatus.Suspended)]
    [InlineData("13:00", "13:00", StreamStatus.Active)]
    [InlineData("13:00 14:00", "13:00", StreamStatus.Suspended)]
    [InlineData("14:00 13:00", "13:30", StreamStatus.Suspended)]
    [InlineData("13:00 14:00", "14:00", StreamStatus.Active)]
    [InlineData("13:00 never", "12:00", StreamStatus.Revoked)]
    [InlineData("13:00 never", "15:00", StreamStatus.Revoked)]
    [InlineData("never lifted", "12:00", StreamStatus.Active)]
    [InlineData("never 13:00 lifted", "12:30", StreamStatus.Suspended)]
    [InlineData("13:00 never lifted", "12:30", StreamStatus.Revoked)]
    [InlineData("never never lifted", "12:30", StreamStatus.Revoked)]
    public void The_clock_alone_says_what_stands(string stops, string asked, StreamStatus status)
    {
        var state = StreamState.New;
        var words = stops.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            // What is lifted is the first one, always.
            state = words[i] is "lifted" ? Lift(state, 0) : Set(state, i, words[i] is "never" ? null : At(words[i]), Noon).State;
        }

        state.StatusAt(At(asked)).ShouldBe(status);
        state.Epoch.ShouldBe(words.Length);
    }

    /// <summary>Each stop is <c>from-until</c>, set at noon, and asked at another time.</summary>
    [Theory]
    [InlineData("13:00-never", "12:59:59.999", StreamStatus.Active)]
    [InlineData("13:00-never", "13:00", StreamStatus.Revoked)]
    [InlineData("13:00-14:00", "12:59:59.999", StreamStatus.Active)]
    [InlineData("13:00-14:00", "13:59:59.999", StreamStatus.Suspended)]
    [InlineData("13:00-14:00", "14:00", StreamStatus.Active)]
    [InlineData("11:00-never", "12:00", StreamStatus.Revoked)]
    [InlineData("11:00-13:00", "12:00", StreamStatus.Suspended)]
    [InlineData("13:00-never 12:00-12:30", "12:10", StreamStatus.Suspended)]
    [InlineData("13:00-never 12:00-12:30", "12:30", StreamStatus.Active)]
    [InlineData("13:00-never 12:00-12:30", "13:00", StreamStatus.Revoked)]
    [InlineData("13:00-never 12:30-14:00", "12:45", StreamStatus.Suspended)]
    [InlineData("13:00-never lifted", "13:00", StreamStatus.Active)]
    public void Nobody_is_stopped_before_its_time(string stops, string asked, StreamStatus status)
    {
        var state = StreamState.New;
        foreach (var (stop, i) in stops.Split(' ').Select(static (stop, i) => (stop, i)))
        {
            state = stop.Split('-') is [var from, var until] ? Set(state, i, until is "never" ? null : At(until), Noon, from: At(from)).State : Lift(state, 0);
        }

        state.StatusAt(At(asked)).ShouldBe(status);
    }

    [Fact]
    public void One_that_is_to_begin_makes_room_for_none()
    {
        var state = Set(StreamState.New, 1, null, Noon, from: At("13:00")).State;
        state = Set(state, 2, At("12:10"), Noon).State;
        state = Set(state, 3, At("12:40"), At("12:30")).State;
        state.Stops.Standing.Select(static stop => stop.Id).ShouldBe([new(new(0, 1)), new(new(0, 3))]);
    }

    [Fact]
    public void One_that_ends_no_later_than_it_begins_is_not_set()
    {
        Set(StreamState.New, 1, At("13:00"), Noon, from: At("13:00")).Answer.Refusal.ShouldBe(RevocationRefusal.Over);
        Set(StreamState.New, 1, At("13:00"), Noon, from: At("14:00")).Answer.Refusal.ShouldBe(RevocationRefusal.Over);
        Set(StreamState.New, 1, At("13:00"), Noon, from: At("12:59")).Answer.Refusal.ShouldBeNull();
    }

    [Fact]
    public void Of_whoever_was_erased_nothing_is_stopped_and_lifting_brings_nobody_back()
    {
        var erased = Set(StreamState.New, 1, At("13:00"), Noon, seq: 7).State with { Status = StreamStatus.Erased };
        Set(erased, 2, null, Noon, seq: 9).Answer.ShouldBe(new StopAnswer(0, false, RevocationRefusal.PersonUnknown));
        Lift(erased, 1).StatusAt(Noon).ShouldBe(StreamStatus.Erased);
    }

    [Fact]
    public void The_same_stop_again_changes_nothing_even_when_it_is_over_or_lifted()
    {
        var set = Set(StreamState.New, 1, At("13:00"), Noon, seq: 7);
        set.Answer.ShouldBe(new StopAnswer(7, true, null));
        set.Entries.ShouldHaveSingleItem();

        foreach (var again in new[] { Set(set.State, 1, At("13:00"), Noon, seq: 9), Set(set.State, 1, At("13:00"), At("15:00"), seq: 9), Set(Lift(set.State, 1), 1, At("13:00"), Noon, seq: 9) })
        {
            again.Answer.ShouldBe(new StopAnswer(7, false, null));
            again.Entries.ShouldBeEmpty();
        }

        Lift(Lift(set.State, 1), 1).Epoch.ShouldBe(2);
    }

    [Fact]
    public void A_suspension_that_is_over_is_not_set()
    {
        Set(StreamState.New, 1, Noon, Noon).Answer.Refusal.ShouldBe(RevocationRefusal.Over);
        Set(StreamState.New, 1, Noon.AddMilliseconds(1), Noon).Answer.Refusal.ShouldBeNull();
    }

    [Fact]
    public void What_is_over_makes_room_and_what_stands_does_not()
    {
        var state = StreamState.New;
        for (var i = 0; i < StreamStops.MaxStanding; i++)
        {
            state = Set(state, i, At("13:00"), Noon).State;
        }

        Set(state, 99, null, At("12:59")).Answer.Refusal.ShouldBe(RevocationRefusal.TooMany);
        var later = Set(state, 99, null, At("13:00"));
        later.Answer.Refusal.ShouldBeNull();
        later.State.Stops.Standing.ShouldHaveSingleItem().Until.ShouldBeNull();
    }

    [Fact]
    public void Only_the_last_of_those_that_were_lifted_are_remembered()
    {
        var state = StreamState.New;
        for (var i = 0; i <= StreamStops.MaxLifted; i++)
        {
            state = Lift(Set(state, i, null, Noon).State, i);
        }

        state.Stops.Lifted.Length.ShouldBe(StreamStops.MaxLifted);
        state.Stops.Find(new(new(0, 0))).ShouldBeNull();
        state.Stops.Find(new(new(0, 1))).ShouldNotBeNull();
        state.StatusAt(Noon).ShouldBe(StreamStatus.Active);
    }

    [Fact]
    public void A_suspension_whose_end_nobody_wrote_down_holds()
    {
        (StreamState.New with { Status = StreamStatus.Suspended }).StatusAt(Noon.AddYears(9)).ShouldBe(StreamStatus.Suspended);
        (StreamState.New with { Status = StreamStatus.Revoked }).StatusAt(Noon.AddYears(9)).ShouldBe(StreamStatus.Revoked);
    }

    private static Decided<StopAnswer> Set(StreamState state, int id, DateTimeOffset? until, DateTimeOffset now, long seq = 1, DateTimeOffset? from = null) =>
        StopRules.Set(new(new(0, (ulong)id)), until, from, Entry, state, new(now, 0, seq));

    private static StreamState Lift(StreamState state, int id) => StopRules.Lift(new(new(0, (ulong)id)), Entry, state).State;

    private static EntryDraft Entry => new(EntryKind.StatusChanged, "{}"u8.ToArray(), default);

    private static DateTimeOffset At(string time) => Noon.Date.Add(TimeSpan.Parse(time, CultureInfo.InvariantCulture)) is var at ? new(at, TimeSpan.Zero) : default;
}
