using Gating.Tests.Revocation.Bulk;

namespace Gating.Mutants.Rules;

/// <summary>Section 9: many people are stopped by two humans, all of them, and nobody else.</summary>
internal static class BulkMutants
{
    private const string Run = "Revocation/Bulk/BulkRun.cs";

    public static Mutant[] All =>
    [
        new("Two humans stop many", "one is enough", "Revocation/Bulk/BulkDesk.cs",
            "if (bulk.By.IsSameHumanAs(by))", "if (false)",
            Guard.Of<BulkRunTests>(nameof(BulkRunTests.Two_admins_stop_many_and_one_of_them_is_lifted_alone))),
        new("Two humans stop many", "what nobody approved is carried out", Run,
            "is { Kind: EntryKind.BulkApproved } approved\n                &&", "is { } approved\n                &&",
            Guard.Of<BulkRunTests>(nameof(BulkRunTests.A_run_of_what_was_declined_stops_nobody))),
        new("A run goes on with whom is left", "those before the approval count as done", Run,
            "bulk.Order.People.Where(person => !done.Contains(person))", "bulk.Order.People.Where(done.Contains)",
            Guard.Of<BulkRunTests>(nameof(BulkRunTests.Two_admins_stop_many_and_one_of_them_is_lifted_alone))),
        new("A run goes on with whom is left", "its end is recorded while some are left", Run,
            "if (left == 0)", "if (left >= 0)",
            Guard.Of<BulkRunTests>(nameof(BulkRunTests.Who_is_left_is_stopped_by_the_next_run))),
        new("A run goes on with whom is left", "the task forgets what is open", "Revocation/Bulk/BulkSweep.cs",
            "(next, open) = (approved.Seq - 1, true);", "open = true;",
            Guard.Of<BulkRunTests>(nameof(BulkRunTests.A_run_that_another_is_at_waits_and_an_idle_one_reads_nothing_again))),
    ];
}
