using Gating.Tests.Ledger.Append;

namespace Gating.Mutants.Rules;

/// <summary>The head remembers up to which seq references are known to be queued; every append announces the rest.</summary>
internal static class AnnounceMutants
{
    private const string Stream = "Ledger/Append/StreamAppender.cs";
    private const string Announced = "The head remembers up to which seq references are known to be queued";
    private const string PutFirst = "After a failed put an instance puts first and commits second until a put succeeds";

    public static Mutant[] All =>
    [
        new(Announced, "it does not go on after a put", Stream,
            "RaiseAnnounced(plan.Batch!.Head.Seq);", "",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.The_head_remembers_what_is_announced))),
        new(Announced, "it goes on before the put", Stream,
            "plan.Put = put;", "plan.Put = put; RaiseAnnounced(batch.Head.Seq);",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.The_next_append_announces_what_was_left))),
        new(Announced, "a batch counts itself as announced", "Ledger/Append/BatchPlan.cs",
            "now, input.Announced, chain.IsErased", "now, chain.Seq, chain.IsErased",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.Another_instance_announces_what_this_one_left))),
        new(Announced, "an instance that starts does not take it from the head", Stream,
            "RaiseAnnounced(stored.Head.Announced);", "",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.An_instance_that_starts_announces_nothing_twice))),
        new("Every append announces the rest", "it announces its own entries", Stream,
            "Volatile.Read(ref _announced) + 1, batch.Head.Seq", "batch.Entries[0].Seq, batch.Head.Seq",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.The_next_append_announces_what_was_left))),
        new("Every append announces the rest", "it announces the first of its entries alone", Stream,
            "Volatile.Read(ref _announced) + 1, batch.Head.Seq", "Volatile.Read(ref _announced) + 1, batch.Entries[0].Seq",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.Every_acknowledged_entry_was_announced))),
        new("The row is announced before the grant exists", "a failed put is acknowledged", Stream,
            "plan.Decisions.ForEach(decision => decision.Pending.Fail(error));\n            return;", "_ = error;",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.An_entry_whose_reference_was_not_queued_is_not_acknowledged))),
        new(PutFirst, "it commits at once", Stream,
            "!context.Announcer.Healthy", "false",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.After_a_failed_put_nothing_is_committed_until_a_put_succeeds))),
        new(PutFirst, "a failed put is forgotten", "Ledger/Append/TraceAnnouncer.cs",
            "_healthy = false;", "_healthy = true;",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.After_a_failed_put_nothing_is_committed_until_a_put_succeeds))),
        new(PutFirst, "a failed put is never forgiven", "Ledger/Append/TraceAnnouncer.cs",
            "_healthy = true;\n                batch", "batch",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.Once_a_put_succeeds_commits_wait_for_none))),
        new("A replay rests on an announced entry", "it is answered unannounced", "Ledger/Append/Appender.cs",
            "stored.Head.Announced < seq", "false",
            Guard.Of<AnnouncedTests>(nameof(AnnouncedTests.A_repeated_request_is_answered_only_after_its_entry_is_announced))),
    ];
}
