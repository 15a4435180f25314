using Gating.Tests.Ledger.Append;

namespace Gating.Mutants.Rules;

/// <summary>One transaction, one put, the answer after both; what a batch may hold; the time of a decision.</summary>
internal static class CommitMutants
{
    private const string Stream = "Ledger/Append/StreamAppender.cs";
    private const string Plan = "Ledger/Append/BatchPlan.cs";

    public static Mutant[] All =>
    [
        new("The answer waits for both", "it does not wait for the put", Stream,
            "await plan.Put;", "await Task.CompletedTask;",
            Guard.Of<CommitTests>(nameof(CommitTests.The_answer_waits_for_the_reference))),
        new("The answer waits for both", "it does not wait for the commit", Stream,
            "plan.Put = put;", "plan.Put = put; _ = AcknowledgeAsync(plan);",
            Guard.Of<CommitTests>(nameof(CommitTests.The_answer_waits_for_the_commit))),
        new("In parallel a reference goes to the queue", "the commit waits for the put", Stream,
            "!context.Announcer.Healthy", "true",
            Guard.Of<CommitTests>(nameof(CommitTests.The_answer_waits_for_the_reference))),
        new("In parallel a reference goes to the queue", "the next batch waits for the put of this one", Stream,
            "                Finish(open, plan);", "                await put;\n Finish(open, plan);",
            Guard.Of<CommitTests>(nameof(CommitTests.While_a_reference_is_on_its_way_the_next_batch_commits))),
        new("One storage round trip, no read and no query", "the head is read for every append", Stream,
            "_cached = _pace.IsShared ? null : (batch.Head, committed.HeadToken);", "_cached = null;",
            Guard.Of<CommitTests>(nameof(CommitTests.A_warm_append_is_one_commit_and_one_put_without_a_read))),
        new("Only a commit may rest on a cached head", "an answer without an entry rests on it", Stream,
            "else if (fresh)", "else if (plan.Batch is null)",
            Guard.Of<CommitTests>(nameof(CommitTests.An_answer_without_an_entry_rests_on_a_head_that_was_read_for_it))),
        new("Natural batching, no timer", "one append per transaction", Stream,
            "open.Count < LedgerBatch.MaxOperations", "open.Count < 1",
            Guard.Of<CommitTests>(nameof(CommitTests.Appends_that_arrive_while_a_transaction_is_in_flight_share_the_next))),
        new("Natural batching, no timer", "one reference per message", "Ledger/Append/TraceAnnouncer.cs",
            """
            if (taken.Count > ITraceQueue.MaxReferences)
                        {
                            _waiting = taken[ITraceQueue.MaxReferences..];
                            return taken[..ITraceQueue.MaxReferences];
            """,
            """
            if (taken.Count > 1)
                        {
                            _waiting = taken[1..];
                            return taken[..1];
            """,
            Guard.Of<CommitTests>(nameof(CommitTests.References_that_arrive_while_a_message_is_in_flight_share_the_next))),
        new("Natural batching, no timer", "a message holds any number of references", "Ledger/Append/TraceAnnouncer.cs",
            "taken.Count > ITraceQueue.MaxReferences", "false",
            Guard.Of<CommitTests>(nameof(CommitTests.A_message_never_holds_more_references_than_it_may))),
        new("At most 256 appends wait per stream", "any number waits", Stream,
            "_waiting.Count >= Appender.MaxWaiting", "false",
            Guard.Of<CommitTests>(nameof(CommitTests.No_more_than_256_wait_for_one_stream))),
        new("ONE entity-group transaction", "it holds more than 100 operations", Plan,
            "Operations + RoomFor(pending) > LedgerBatch.MaxOperations", "false",
            Guard.Of<CommitTests>(nameof(CommitTests.A_batch_never_holds_more_operations_than_a_transaction_may))),
        new("ONE entity-group transaction", "it holds more than 4 MiB", Plan,
            "_bytes > MaxBytes", "false",
            Guard.Of<CommitTests>(nameof(CommitTests.A_batch_of_large_entries_stays_under_four_mebibytes))),
        new("Time of a decision is max(own clock, head's time)", "it is the own clock", Plan,
            "input.Now > head.Time ? input.Now : head.Time", "input.Now",
            Guard.Of<CommitTests>(nameof(CommitTests.Time_never_goes_back_in_a_stream))),
        new("Time of a decision is max(own clock, head's time)", "it is the head's time", Plan,
            "input.Now > head.Time ? input.Now : head.Time", "head.Seq > 0 ? head.Time : input.Now",
            Guard.Of<CommitTests>(nameof(CommitTests.Time_goes_on_with_the_clock))),
        new("A decision older than 5 s when it is about to be sent is taken again", "it is sent", Stream,
            "context.Elapsed(plan.DecidedAt) > Appender.DecisionLife", "false",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.A_decision_older_than_five_seconds_is_taken_again_before_it_is_sent))),
        new("A decision that throws is answered alone", "the others of its batch fail with it", Plan,
            "pending.Fail(error);", "throw;",
            Guard.Of<CommitTests>(nameof(CommitTests.A_decision_that_throws_hurts_nobody_else_in_the_batch))),
    ];
}
