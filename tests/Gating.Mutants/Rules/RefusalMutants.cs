using Gating.Tests.Ledger;
using Gating.Tests.Ledger.Append;

namespace Gating.Mutants.Rules;

/// <summary>Refusals of a verified person are entries, beyond ten a minute one with a count; those of nobody are counted per app.</summary>
internal static class RefusalMutants
{
    private const string Stream = "Ledger/Append/StreamAppender.cs";
    private const string Rules = "Admission/AdmissionRules.cs";
    private const string Apps = "Admission/AppRefusals.cs";
    private const string Coalesced = "Refusals are entries, coalesced beyond ten a minute into one with a count";
    private const string AppRule = "Refusals without a verified person are counted per app and reason, written at most once a minute";

    public static Mutant[] All =>
    [
        new(Coalesced, "every refusal is an entry", Rules,
            "recorded >= RefusalTally.PerMinute", "false",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.Ten_refusals_a_minute_are_entries_and_the_rest_is_counted))),
        new(Coalesced, "those beyond ten are not counted", Rules,
            "null, refusal.Reason.Code(), answer", "null, null, answer",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.Ten_refusals_a_minute_are_entries_and_the_rest_is_counted))),
        new(Coalesced, "the ten never come back", Rules,
            "state.Refusals.Minute == minute ? state.Refusals.Recorded : 0", "state.Refusals.Recorded",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.The_next_minute_has_ten_again))),
        new(Coalesced, "the count is not kept", Stream,
            "_tally.Add(decided.Tallied);", "",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.The_next_commit_writes_what_was_counted))),
        new(Coalesced, "the next commit does not write it", "Ledger/Append/BatchPlan.cs",
            "_entries.Count > 0 || Decisions.Exists", "Decisions.Exists",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.The_next_commit_writes_what_was_counted))),
        new(Coalesced, "without a commit it is never written", "Ledger/Append/BatchPlan.cs",
            " || Decisions.Exists(static decision => decision.Pending is TallyFlush)", "",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.Without_another_commit_the_count_is_written_after_a_minute))),
        new(Coalesced, "nobody remembers to write it after a minute", Stream,
            "_ = FlushTallyAsync();", "",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.Without_another_commit_the_count_is_written_after_a_minute))),
        new(Coalesced, "only the first minute's count is ever written without a commit", "Ledger/Append/Pending.cs",
            "public override void Done(Decided decided, ImmutableArray<Entry> entries) => ended();", "public override void Done(Decided decided, ImmutableArray<Entry> entries) => _ = ended;",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.Without_another_commit_the_count_is_written_after_a_minute))),
        new(Coalesced, "what was written is written again", Stream,
            "_tally.Subtract(plan.Tally);", "",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.What_was_written_is_not_written_again))),
        new(Coalesced, "a commit that fails loses the count", "Ledger/Append/BatchPlan.cs",
            "_entries.Add(chain.Next(input.Tally.ToDraft(), input.TallyOperation));", "_entries.Add(chain.Next(input.Tally.ToDraft(), input.TallyOperation));\n input.Tally.Subtract(Tally);",
            Guard.Of<RefusalTallyTests>(nameof(RefusalTallyTests.A_count_that_could_not_be_written_is_kept))),
        new(AppRule, "each is written at once", Apps,
            "await Task.Delay(Pause, time, CancellationToken.None);", "",
            Guard.Of<AppRefusalsTests>(nameof(AppRefusalsTests.A_minute_of_refusals_is_one_entry_with_the_count_of_each_reason))),
        new(AppRule, "they are not counted by reason", Apps,
            "counts[reason] = counts.GetValueOrDefault(reason) + 1;", "counts[\"refused\"] = counts.GetValueOrDefault(\"refused\") + 1;",
            Guard.Of<AppRefusalsTests>(nameof(AppRefusalsTests.A_minute_of_refusals_is_one_entry_with_the_count_of_each_reason))),
        new(AppRule, "what could not be written is lost", Apps,
            "if (!PutBack(app, counts))", "if (!PutBack(app, []))",
            Guard.Of<AppRefusalsTests>(nameof(AppRefusalsTests.What_could_not_be_written_is_written_a_minute_later))),
    ];
}
