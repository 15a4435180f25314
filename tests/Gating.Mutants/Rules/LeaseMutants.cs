using Gating.Tests.Admission;
using Gating.Tests.Usage.Leases;

namespace Gating.Mutants.Rules;

/// <summary>Limits that everybody shares: a block counts as used from its lease on, and is good for its window and no longer.</summary>
internal static class LeaseMutants
{
    private const string Leases = "Usage/Leases/UsageLeases.cs";
    private const string Block = "Usage/Leases/UsageBlock.cs";
    private const string Rules = "Usage/Leases/LeaseRules.cs";
    private const string Never = "Never more than the limit, however many instances";
    private const string Window = "A block is good for its window and no longer";

    public static Mutant[] All =>
    [
        new(Never, "a block is leased and not counted", Rules,
            "limit.Rule.Charge(ref buffer, units, now);", "",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.More_than_the_limit_never_fits_and_less_than_somebody_was_refused_may))),
        new(Never, "what was asked for is counted, and not the block", Rules,
            "limit.Rule.Charge(ref buffer, units, now);", "limit.Rule.Charge(ref buffer, needed, now);",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.Four_instances_use_all_of_a_limit_and_no_more))),
        new(Never, "where there is no room there is a block", Rules,
            "is { } violation)\n        {\n            return new(state, [], [], null, null, new LeaseAnswer", "is { } violation && false)\n        {\n            return new(state, [], [], null, null, new LeaseAnswer",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.More_than_the_limit_never_fits_and_less_than_somebody_was_refused_may))),
        new(Never, "who is to come again later has the units all the same", Block,
            "case null:\n                    return new SharedUsage.Contended();", "case null:\n                    return new SharedUsage.Held([limit], units, _from, _until);",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.By_a_clock_that_is_behind_the_block_is_not_good_yet))),
        new("Fair when nearly empty", "an instance takes a whole block of what little is left", Rules,
            "Math.Min(limit.Block, limit.Rule.Read(state.Windows.AsSpan(), 0, now).Remaining / Share)", "Math.Min(limit.Block, limit.Rule.Read(state.Windows.AsSpan(), 0, now).Remaining)",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.Near_the_end_blocks_become_small_so_that_everybody_gets_some))),
        new(Window, "it is good for ever", Block,
            "var isOver = now() >= _until;", "var isOver = false;",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.A_block_is_good_for_its_window_and_who_stood_still_comes_back_with_nothing))),
        new(Window, "it is good before its window begins", Block,
            "if (!isOver && now() < _from)", "if (false)",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.By_a_clock_that_is_behind_the_block_is_not_good_yet))),
        new(Window, "the next one inherits what it left", Block,
            "(leased.From == _from ? _left : 0)", "_left",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.Units_of_a_window_that_is_over_do_not_come_back_into_the_next))),
        new(Window, "units of it come back into the next one", Block,
            "if (takenAt >= _from && takenAt < _until)", "if (true)",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.Units_of_a_window_that_is_over_do_not_come_back_into_the_next))),
        new(Window, "of several limits the longest window counts", Leases,
            "Until = held.Until < all.Until ? held.Until : all.Until", "Until = all.Until",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.All_limits_or_none))),
        new(Window, "whoever waited for a turn uses units of a window that is over", "Admission/AdmissionRules.cs",
            " || !held.HoldsAt(time.Now)", "",
            Guard.Of<SharedLimitsTests>(nameof(SharedLimitsTests.Units_of_a_minute_that_ended_while_a_request_waited_for_its_turn_grant_nothing))),
        new("All limits or none", "what was taken of the others is lost", Leases,
            "if (one is not SharedUsage.Held held)\n            {\n                GiveBack(all.Limits, units, time.GetUtcNow());", "if (one is not SharedUsage.Held held)\n            {",
            Guard.Of<UsageLeasesTests>(nameof(UsageLeasesTests.All_limits_or_none))),
    ];
}
