using Gating.Tests.StatusLists;

namespace Gating.Mutants.Rules;

/// <summary>Status lists: no place twice before it is over, and what is not good shows.</summary>
internal static class StatusListMutants
{
    private const string Leases = "StatusLists/StatusLeases.cs";
    private const string Marks = "StatusLists/StatusMarks.cs";
    private const string Published = "StatusLists/PublishedStatusLists.cs";
    private const string Place = "No two grants have the same place";
    private const string Shown = "What is not good shows on its list";

    public static Mutant[] All =>
    [
        new(Place, "two instances lease the same block", Leases,
            "stored.List with { Leased = stored.List.Leased + 1 }", "stored.List",
            Guard.Of<StatusLeasesTests>(nameof(StatusLeasesTests.No_two_grants_get_the_same_place_on_any_instance))),
        new(Place, "a full list goes on", Leases,
            "stored.List.Leased == StatusList.Blocks", "false",
            Guard.Of<StatusLeasesTests>(nameof(StatusLeasesTests.A_lane_whose_list_is_full_has_another_one))),
        new(Place, "places of an hour that is over are given out", Leases,
            "_places.Clear();", "",
            Guard.Of<StatusLeasesTests>(nameof(StatusLeasesTests.Each_hour_and_each_lane_has_lists_of_its_own_and_a_restart_never_goes_back))),
        new("A place does not tell how many were before", "places are given out in their order", Leases,
            "RandomNumberGenerator.Shuffle<int>(places);", "",
            Guard.Of<StatusLeasesTests>(nameof(StatusLeasesTests.A_place_does_not_tell_how_many_were_before))),
        new(Shown, "who was overtaken says that it is marked", Marks,
            "stored.Token, CancellationToken.None))", "stored.Token, CancellationToken.None) || true)",
            Guard.Of<StatusMarksTests>(nameof(StatusMarksTests.A_list_that_others_change_all_the_time_is_not_waited_for_for_ever))),
        new(Shown, "whoever comes while one is written is not written", Marks,
            "round.Places.UnionWith(places);", "if (!_running.Contains(list)) round.Places.UnionWith(places);",
            Guard.Of<StatusMarksTests>(nameof(StatusMarksTests.Marks_that_come_while_one_is_written_share_the_next_write))),
        new(Shown, "a list is read once", Published,
            "lists.AgeOf(reading.Began) > MaxAge", "false",
            Guard.Of<PublishedStatusListsTests>(nameof(PublishedStatusListsTests.What_was_marked_shows_a_second_later_and_is_signed_anew_for_that_alone))),
        new(Shown, "the token that is there is served whatever the list says", Published,
            "!signed.Compressed.Span.SequenceEqual(compressed.Span)", "false",
            Guard.Of<PublishedStatusListsTests>(nameof(PublishedStatusListsTests.What_was_marked_shows_a_second_later_and_is_signed_anew_for_that_alone))),
        new(Shown, "a token is served until it is over", Published,
            "now - signed.At >= TimeToLive || ", "",
            Guard.Of<PublishedStatusListsTests>(nameof(PublishedStatusListsTests.A_token_that_is_served_is_good_for_longer_than_its_ttl))),
        new(Shown, "where app, tool or issuer is stopped its grants stay valid", Published,
            "snapshot.IsOpen(list.Lane.App, list.Lane.Tool, list.Lane.Issuer) ? list.Compressed : StatusBits.AllInvalid", "list.Compressed",
            Guard.Of<PublishedStatusListsTests>(nameof(PublishedStatusListsTests.While_what_its_grants_rest_on_is_stopped_none_is_valid_and_afterwards_they_are_again))),
        new(Shown, "grants of who was stopped are not marked by the stop's entry", "StatusLists/StatusMarking.cs",
            "await marks.InvalidateAsync(await open.PlacesAsync(entry.Stream, stop.Before, cancellation), cancellation);", "",
            Guard.Of<StatusMarkingTests>(nameof(StatusMarkingTests.Every_grant_of_who_was_stopped_is_marked_when_the_stop_is_logged))),
        new("Kept for a day after its hour", "a list goes with its hour", "StatusLists/StatusListSweep.cs",
            "UtcHour.Of(time.GetUtcNow()).Number - Kept", "UtcHour.Of(time.GetUtcNow()).Number",
            Guard.Of<PublishedStatusListsTests>(nameof(PublishedStatusListsTests.A_sweep_takes_lists_away_a_day_later_and_no_others))),
    ];
}
