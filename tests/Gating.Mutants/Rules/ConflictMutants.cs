using Gating.Tests.Ledger.Append;

namespace Gating.Mutants.Rules;

/// <summary>Conflict or lost answer? What stands at the seq that was tried tells.</summary>
internal static class ConflictMutants
{
    private const string Stream = "Ledger/Append/StreamAppender.cs";
    private const string MovedRule = "412 means the head moved: re-read, decide again";
    private const string LostRule = "After a 412 or an unknown outcome the entry at the seq that was tried is point-read";

    public static Mutant[] All =>
    [
        new("Head as operation 0 with If-Match", "whatever token the head has now is presented", Stream,
            "context.Store.CommitAsync(batch, CancellationToken.None)",
            "context.Store.CommitAsync(batch with { HeadToken = (await context.Store.ReadHeadAsync(stream, CancellationToken.None))?.Token }, CancellationToken.None)",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_moved_head_is_read_and_decided_on_again))),
        new(MovedRule, "412 is taken for success", Stream,
            "_pace.Lost();", "Finish(open, plan);\n return Committing.Durable;",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_moved_head_is_read_and_decided_on_again))),
        new(MovedRule, "412 is a refusal for good", Stream,
            "_pace.Lost();", "open.ForEach(one => one.Shed(ShedReason.Contended));\n open.Clear();\n return Committing.Durable;",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_moved_head_is_read_and_decided_on_again))),
        new(MovedRule, "the head is not read again", Stream,
            "await Task.WhenAll(LoadAsync(), reading);", "",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_moved_head_is_read_and_decided_on_again))),
        new("503 after 2 s", "it contends for ever", Stream,
            "context.Elapsed(pending.Arrived) > Appender.Patience", "false",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_head_that_keeps_moving_ends_in_a_clear_refusal_after_two_seconds))),
        new("Bounded, jittered", "it tries again at once", Stream,
            "await context.BackOffAsync(conflicts++);", "",
            Guard.Of<ConflictTests>(nameof(ConflictTests.Between_two_conflicts_it_stands_back))),
        new(LostRule, "a lost answer did not happen, and is charged again", Stream,
            "if (await FindOursAsync(open, attempts))", "attempts.Clear();\n _cached = null;\n if (false)",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_commit_whose_answer_was_lost_is_recognised_as_our_own))),
        new(LostRule, "a lost answer was yes", Stream,
            "return null;", "return new CommitOutcome.Committed(\"lost\");",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_commit_that_never_arrived_is_made_again_and_charged_once))),
        new(LostRule, "only the last attempt is compared", Stream,
            "attempts.Find(attempt", "attempts[^1..].Find(attempt",
            Guard.Of<ConflictTests>(nameof(ConflictTests.An_attempt_that_lands_late_is_recognised_and_not_repeated))),
        new("Ours: it happened; otherwise it did not", "whatever stands there is ours", Stream,
            "tried.Operation == stored.Operation && tried.Hash == stored.Hash", "tried.Seq == stored.Seq",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_moved_head_is_read_and_decided_on_again))),
        new("Ours: it happened; otherwise it did not", "any attempt of the operation is the one that happened", Stream,
            "tried.Operation == stored.Operation && tried.Hash == stored.Hash", "tried.Operation == stored.Operation",
            Guard.Of<ConflictTests>(nameof(ConflictTests.Of_several_attempts_the_one_that_happened_is_answered))),
        new("Ours: it happened; otherwise it did not", "an attempt that was not there yet is forgotten", Stream,
            "// Not there yet, and a late one of ours can still land: the attempts stay remembered.", "attempts.Clear();",
            Guard.Of<ConflictTests>(nameof(ConflictTests.An_attempt_that_lands_late_is_recognised_and_not_repeated))),
        new(LostRule, "one that lands while it is looked for is charged again", Stream,
            "stored is null && _cached!.Value.Head.Seq >= seq", "false",
            Guard.Of<ConflictTests>(nameof(ConflictTests.An_attempt_that_lands_while_it_is_looked_for_is_charged_once))),
        new("Gap-free", "an entry that is missing under the head is somebody else's", Stream,
            """?? throw new StreamFrozenException(stream, $"the head is beyond entry {seq}, which is not there")""", "",
            Guard.Of<ConflictTests>(nameof(ConflictTests.A_head_beyond_an_entry_that_is_not_there_freezes_the_stream))),
        new("Whoever won leaves others a turn", "it goes on at once", Stream,
            "await _pace.RestAsync();", "",
            Guard.Of<PaceTests>(nameof(PaceTests.Who_met_another_writer_leaves_it_a_turn_after_its_own))),
        new("Whoever won leaves others a turn", "it rests for ever after", "Ledger/Append/StreamPace.cs",
            "IsShared = !string.Equals(token, _ownToken, StringComparison.Ordinal);", "",
            Guard.Of<PaceTests>(nameof(PaceTests.Who_met_another_writer_reads_before_it_commits_until_it_is_alone_again))),
        new("Unreadable: 503", "unreadable is taken for not there", Stream,
            "await Task.WhenAll(LoadAsync(), reading);\n        var stored = await reading;",
            "await LoadAsync();\n Entry? stored;\n try { stored = await reading; } catch (StorageUnavailableException) { stored = null; attempts.Clear(); return false; }",
            Guard.Of<ConflictTests>(nameof(ConflictTests.When_the_tried_entry_cannot_be_read_either_nobody_is_told_yes_or_no))),
        new("A new stream's head need not be read", "that it is new is never doubted", Stream,
            "await Task.WhenAll(LoadAsync(), reading);", "await Task.WhenAll(_cached!.Value.Token is null ? Task.CompletedTask : LoadAsync(), reading);",
            Guard.Of<CommitTests>(nameof(CommitTests.A_new_stream_that_somebody_else_started_first_is_read))),
        new("A new stream's head need not be read", "it is read", "Ledger/Append/Appender.cs",
            "if (isNew)", "if (false)",
            Guard.Of<CommitTests>(nameof(CommitTests.A_new_stream_is_started_without_a_read))),
        new("A stream restored to an older state freezes", "the entry beyond the head counts as a conflict", Stream,
            """throw new StreamFrozenException(stream, $"entry {exists.Row.Seq} stands beyond the head");""", "_cached = null;\n return Committing.Again;",
            Guard.Of<CommitTests>(nameof(CommitTests.A_stream_whose_rows_go_beyond_its_head_is_frozen))),
    ];
}
