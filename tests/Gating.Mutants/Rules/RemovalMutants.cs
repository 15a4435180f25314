using Gating.Tests.Archive;
using Gating.Tests.Holds;

namespace Gating.Mutants.Rules;

/// <summary>What takes a file away: never before its time, never under a hold, never without its entry, and never what may still be recorded.</summary>
internal static class RemovalMutants
{
    private const string Limits = "Archive/ArchiveRules.cs";
    private const string Sweep = "Archive/OrphanSweep.cs";
    private const string Orphans = "Archive/OrphanRemoval.cs";
    private const string Standing = "Archive/FileStanding.cs";
    private const string Retention = "Archive/Retention.cs";
    private const string Archiver = "Archive/OutputArchiver.cs";
    private const string Dangling = "A dangling entry is impossible";
    private const string Holds = "A legal hold keeps everything of its person";
    private const string First = "First the entry that says so, then the file";
    private const string Unknown = "What leads nowhere is never deleted";

    public static Mutant[] All =>
    [
        new(Dangling, "an output is recorded however late", Limits,
            "time.Now >= RecordedUntil(generation)", "false",
            Guard.Of<ArchiveRulesTests>(nameof(ArchiveRulesTests.An_output_is_recorded_for_an_hour_after_its_generation_closed))),
        new(Dangling, "it is recorded in the last millisecond too", Limits,
            "time.Now >= RecordedUntil(generation)", "time.Now > RecordedUntil(generation)",
            Guard.Of<ArchiveRulesTests>(nameof(ArchiveRulesTests.An_output_is_recorded_for_an_hour_after_its_generation_closed))),
        new(Dangling, "a file is an orphan as soon as no entry can be begun", Limits,
            "Certainty = TimeSpan.FromHours(2);", "Certainty = TimeSpan.FromHours(1);",
            Guard.Of<ArchiveRulesTests>(nameof(ArchiveRulesTests.Between_the_last_entry_and_the_first_orphan_lies_an_hour))),
        new(Dangling, "the time is taken after the entry was looked for", Standing,
            "asOf >= ArchiveRules", "time.GetUtcNow() >= ArchiveRules",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.A_sweep_that_was_suspended_for_hours_does_not_take_what_was_recorded_meanwhile))),
        new(Dangling, "a clock that is off sweeps", Sweep,
            "if (!clock.IsAcceptable)", "if (false)",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.An_instance_whose_clock_is_off_sweeps_and_removes_nothing))),
        new("No file is kept after the sweep has passed", "one is begun however late", Archiver,
            "if (left <= TimeSpan.Zero)", "left = TimeSpan.FromDays(1);\n        if (false)",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.An_upload_that_comes_too_late_keeps_no_file_and_records_nothing))),
        new("A window is left when all of it is dealt with", "it is left with what is undecided", Sweep,
            "if (swept.Contains(FileFate.Undecided))", "if (false)",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.A_file_that_was_changed_under_the_sweep_is_looked_at_again))),
        new("Not all of the archive is read each day", "the cursor stays", Sweep,
            "await cursors.MoveAsync(Name, current.Next.Prefix, cancellation);", "",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.Each_window_is_looked_at_once_and_a_run_after_a_month_catches_up))),
        new(Unknown, "an entry that did not promise the file is enough", Standing,
            "&& generation.Contents.ElementAtOrDefault(reference.Number - 1) == content", "",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.A_reference_to_an_entry_that_did_not_promise_the_file_leads_nowhere))),
        new(Holds, "a removal does not look for one", Limits,
            "state.Holds.Any ? ", "false ? ",
            Guard.Of<ArchiveRulesTests>(nameof(ArchiveRulesTests.A_file_goes_when_its_time_is_over_and_no_hold_stands)),
            Guard.Of<RetentionTests>(nameof(RetentionTests.A_hold_that_is_set_while_a_removal_is_on_its_way_is_met_by_it))),
        new(Holds, "the sweep does not look for one", Orphans,
            "?.Head.State.Holds.Any is true", "?.Head.State.Holds is null",
            Guard.Of<OrphanSweepTests>(nameof(OrphanSweepTests.A_file_of_a_person_under_hold_is_left_until_the_hold_is_lifted_and_its_time_is_over))),
        new(Holds, "one that was lifted is set again by a late request", "Holds/HoldRules.cs",
            ": state.Holds.Lifted.Contains(hold) ? Unchanged(state, HoldRefusal.WasLifted)", "",
            Guard.Of<LegalHoldsTests>(nameof(LegalHoldsTests.Every_reason_has_a_request_that_is_refused_for_it))),
        new("Nothing goes before its time", "it goes when storage's tags say so", Limits,
            "time.Now < output.File.RetainUntil ?", "false ?",
            Guard.Of<RetentionTests>(nameof(RetentionTests.The_ledger_decides_when_a_time_is_over_not_what_the_file_says))),
        new(First, "the file goes first", Retention,
            "var answer = await DecideAsync(output, cancellation);", "await archive.DeleteAsync(file, cancellation);\n            var answer = await DecideAsync(output, cancellation);",
            Guard.Of<RemovalFaultsTests>(nameof(RemovalFaultsTests.A_retention_that_fails_anywhere_is_finished_by_the_next))),
        new(First, "a removal that is recorded is not carried out", Retention,
            "? RemovalAnswer.Removed\n", "? RemovalAnswer.NotDue\n",
            Guard.Of<RemovalFaultsTests>(nameof(RemovalFaultsTests.A_retention_that_fails_anywhere_is_finished_by_the_next))),
        new(First, "what storage keeps is said to be removed", Retention,
            "if (file.LockedUntil > time.GetUtcNow())", "if (false)",
            Guard.Of<RetentionTests>(nameof(RetentionTests.What_storage_keeps_longer_is_not_said_to_be_removed))),
        new("A release and a removal settle apart", "they settle the same", "Archive/ArchivedOutput.cs",
            "RemovalPart = 1;", "RemovalPart = 0;",
            Guard.Of<RetentionTests>(nameof(RetentionTests.An_output_that_was_released_unlabelled_is_removed_as_well_and_its_entries_stay))),
    ];
}
