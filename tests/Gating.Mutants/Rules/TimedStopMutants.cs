using Gating.Tests.Revocation;
using Gating.Tests.Log.Sealing;

namespace Gating.Mutants.Rules;

/// <summary>A stop that is ordered for later holds nobody up before its time, and everybody from then on.</summary>
internal static class TimedStopMutants
{
    private const string Begins = "A stop begins at its time";
    private const string Told = "Lists and apps are told when it begins";

    public static Mutant[] All =>
    [
        new(Begins, "it holds at once", "Ledger/StreamStops.cs",
            "!WaitsAt(now) && !IsOverAt(now)", "!IsOverAt(now)",
            Guard.Of<StopRulesTests>(nameof(StopRulesTests.Nobody_is_stopped_before_its_time))),
        new(Begins, "it holds a moment late", "Ledger/StreamStops.cs",
            "now < From;", "now <= From;",
            Guard.Of<StopRulesTests>(nameof(StopRulesTests.Nobody_is_stopped_before_its_time))),
        new(Begins, "one that waits makes room for the next", "Ledger/StreamStops.cs",
            "RemoveAll(one => one.IsOverAt(now)).Add(stop)", "RemoveAll(one => !one.HoldsAt(now)).Add(stop)",
            Guard.Of<StopRulesTests>(nameof(StopRulesTests.One_that_is_to_begin_makes_room_for_none))),
        new(Begins, "its head forgets when", "Ledger/HeadEncoding.cs",
            "stop.From?.ToUnixTimeMilliseconds() ?? 0", "0",
            Guard.Of<TimedStopsTests>(nameof(TimedStopsTests.Until_its_time_the_person_goes_on_and_from_then_on_nothing_is_given_or_redeemed))),
        new(Begins, "who waits for it is erased", "Erasure/ErasureRules.cs",
            " || state.Stops.Standing.Any(stop => stop.WaitsAt(now))", "",
            Guard.Of<TimedStopsTests>(nameof(TimedStopsTests.Whoever_is_to_be_stopped_is_not_erased_before_it))),
        new(Begins, "what is registered is closed by the next snapshot only", "Registry/RegistrySource.cs",
            "AgeOf(snapshot) <= MaxAge && !HasChanged(snapshot)", "AgeOf(snapshot) <= MaxAge",
            Guard.Of<Tests.Registry.TimedStopsTests>(nameof(Tests.Registry.TimedStopsTests.A_snapshot_from_before_is_not_used_a_moment_longer))),
        new(Begins, "a version that did not change is confirmed past it", "Registry/RegistrySource.cs",
            "known is not null && !HasChanged(known) && ", "known is not null && ",
            Guard.Of<Tests.Registry.TimedStopsTests>(nameof(Tests.Registry.TimedStopsTests.The_gate_is_open_until_its_time_and_closed_from_then_on))),
        new(Begins, "what was on its way is decided by a snapshot from before", "Registry/RegistrySnapshot.cs",
            " || ChangesAt <= time.Now", "",
            Guard.Of<Tests.Registry.TimedStopsTests>(nameof(Tests.Registry.TimedStopsTests.A_grant_that_is_being_redeemed_at_that_time_begins_nothing))),
        new(Told, "they are told when it is ordered", "Revocation/BegunStops.cs",
            " || since > time.GetUtcNow()", "",
            Guard.Of<StopWakingTests>(nameof(StopWakingTests.Whatever_storage_does_every_grant_is_marked_when_it_begins_and_none_before))),
        new(Told, "what was given in between is left out", "Revocation/BegunStops.cs",
            "head.Seq + 1", "entry.Seq",
            Guard.Of<StopWakingTests>(nameof(StopWakingTests.Whatever_storage_does_every_grant_is_marked_when_it_begins_and_none_before))),
        new(Told, "of one that was lifted, too", "Revocation/BegunStops.cs",
            "&& head.State.Stops.Standing.Any(stop => stop.Seq == entry.Seq) ?", "?",
            Guard.Of<StopWakingTests>(nameof(StopWakingTests.One_that_was_lifted_before_its_time_marks_nothing))),
        new(Told, "an instance that knows the entry does not look again", "Log/Sealing/EntryIndexes.cs",
            "_indexed.Remove(entry.Hash);", "_ = entry;",
            Guard.Of<EntryIndexesTests>(nameof(EntryIndexesTests.What_comes_again_is_indexed_again_until_it_does_not))),
        new(Told, "nobody looks once more a minute later", "Revocation/StopWaking.cs",
            "now >= since + Grace ? null", "now >= since ? null",
            Guard.Of<StopWakingTests>(nameof(StopWakingTests.What_was_given_a_moment_later_all_the_same_is_marked_a_minute_later))),
        new(Told, "a message waits for longer than a queue lets it", "Revocation/StopWaking.cs",
            "wait < LongestWait ? wait : LongestWait", "wait",
            Guard.Of<StopWakingTests>(nameof(StopWakingTests.What_is_further_ahead_than_a_message_can_wait_goes_on_waiting))),
    ];
}
