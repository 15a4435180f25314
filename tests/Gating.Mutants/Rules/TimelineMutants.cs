using Gating.Tests.Log.Sealing;
using Gating.Tests.Timelines;

namespace Gating.Mutants.Rules;

/// <summary>Section 8: what the log has is on its timelines, and each closed hour of a tool's and an app's timeline is an entry of the operator's ledger, the last of which is right.</summary>
internal static class TimelineMutants
{
    private const string Handler = "Log/Sealing/TraceHandler.cs";
    private const string Collector = "Log/Sealing/LeafCollector.cs";
    private const string Indexing = "Timelines/TimelineIndexing.cs";
    private const string Closing = "Timelines/HourClosing.cs";

    public static Mutant[] All =>
    [
        new("Timeline rows before leaf rows", "what a message refers to is only logged", Handler,
            """
            await indexes.AddAsync(read.TakeUnindexed(), cancellation);
                    await AddAsync(
            """,
            "await AddAsync(",
            Guard.Of<TraceHandlerTests>(nameof(TraceHandlerTests.A_message_that_comes_twice_and_out_of_order_changes_nothing))),
        new("Timeline rows before leaf rows", "what was missing is only logged", Collector,
            """
            await indexes.AddAsync(read.TakeUnindexed(), cancellation);
                    CrashPoint.Reach(CrashPoint.BeforeMissingRows);
            """,
            "CrashPoint.Reach(CrashPoint.BeforeMissingRows);",
            Guard.Of<SealerTests>(nameof(SealerTests.What_comes_before_an_announced_entry_is_taken_from_the_ledger))),
        new("A timeline's hours are listed before they have rows", "rows come alone", Indexing,
            "await ListAsync(rows, cancellation);", "",
            Guard.Of<TimelineIndexingTests>(nameof(TimelineIndexingTests.An_entry_is_on_its_timelines_and_the_hours_of_its_app_and_tool_are_on_the_running_hours_list))),
        new("A timeline's rows are there when their list is taken up", "however late they are, the first list is enough", Indexing,
            "time.GetUtcNow() >= indexed.End + Grace", "time.GetUtcNow() >= indexed.End.AddYears(1)",
            Guard.Of<TimelineIndexingTests>(nameof(TimelineIndexingTests.Rows_that_are_written_long_after_the_hour_of_their_list_are_on_a_later_one_as_well))),
        new("A timeline's rows are there when their list is taken up", "a list is taken up at once", Closing,
            "time.GetUtcNow() - Wait", "time.GetUtcNow()",
            Guard.Of<HourClosingTests>(nameof(HourClosingTests.An_hour_is_closed_a_quarter_after_the_hour_in_which_it_was_indexed_and_not_again))),
        new("The last entry about a timeline's hour counts", "what was read long ago is recorded", Closing,
            "at.Now - began <= Freshness", "at.Now - began <= TimeSpan.MaxValue",
            Guard.Of<HourClosingRacesTests>(nameof(HourClosingRacesTests.Whoever_is_paused_at_any_call_and_comes_back_hours_later_leaves_the_last_word_right))),
        new("The last entry about a timeline's hour counts", "less may supersede more", Closing,
            "digest.Count <= recorded.Count", "digest.Count < 0",
            Guard.Of<HourClosingTests>(nameof(HourClosingTests.An_hour_that_has_less_than_was_recorded_is_an_alarm_and_the_record_stays))),
    ];
}
