using Gating.Tests.Moderators;

namespace Gating.Mutants.Rules;

/// <summary>Section 6: where a tool demands it, an input is worked on after a moderator who is registered has let it through, lately.</summary>
internal static class ModerationMutants
{
    private const string Receipts = "Moderators/ModerationReceipts.cs";
    private const string Heartbeats = "Moderators/FilterHeartbeats.cs";
    private const string Rules = "Moderators/ModerationRules.cs";

    public static Mutant[] All =>
    [
        new("A receipt is the moderator's own", "its signature is not verified", Receipts,
            "&& jws.IsSignedBy(key, algorithm)", "&& key is not null",
            Guard.Of<ModerationReceiptsTests>(nameof(ModerationReceiptsTests.One_is_refused))),
        new("A receipt is for this gate", "one for another will do", Receipts,
            "string.Equals(only, issuer, StringComparison.Ordinal)", "only.Length > 0",
            Guard.Of<ModerationReceiptsTests>(nameof(ModerationReceiptsTests.One_is_refused))),
        new("A receipt is of somebody whose word counts", "a moderator who is stopped still speaks", Receipts,
            "is { Status: RegistryStatus.Active } moderator", "is { } moderator",
            Guard.Of<ModerationReceiptsTests>(nameof(ModerationReceiptsTests.Whose_word_counts_is_for_the_tool_and_the_registry_to_say))),
        new("A receipt is fresh", "an old one will do", Rules,
            "now - attested.Receipt.At > demand.MaxAge", "false",
            Guard.Of<ModerationReceiptsTests>(nameof(ModerationReceiptsTests.It_is_as_fresh_as_the_tool_says_and_not_of_tomorrow))),
        new("A verdict counts", "what was flagged is let through", Rules,
            "attested.Receipt.Verdict is ModerationVerdict.Flagged && !demand.TakesFlagged", "false",
            Guard.Of<ModerationReceiptsTests>(nameof(ModerationReceiptsTests.A_verdict_is_worth_what_the_tool_says))),
        new("An app's filters are active", "a heartbeat that ran out will do", Rules,
            "!(question.Filters?.Until > now)", "question.Filters is null",
            Guard.Of<FilterHeartbeatsTests>(nameof(FilterHeartbeatsTests.One_that_ran_out_before_the_decision_opens_nothing))),
        new("An app's filters are active", "what ran out is found", Heartbeats,
            "row.Expires > now && keys.Contains(row.Key)", "keys.Contains(row.Key)",
            Guard.Of<FilterHeartbeatsTests>(nameof(FilterHeartbeatsTests.Whoever_is_silent_for_longer_than_the_age_gets_no_grant_until_they_say_so_again))),
        new("A heartbeat is for one tool", "one for any tool will do", Heartbeats,
            "row.Expires > now && keys.Contains(row.Key)", "row.Expires > now",
            Guard.Of<FilterHeartbeatsTests>(nameof(FilterHeartbeatsTests.One_is_for_one_app_one_tool_and_one_age))),
        new("A heartbeat is kept until it runs out", "for ever", Heartbeats,
            "standing) && standing.Until > now", "standing)",
            Guard.Of<FilterHeartbeatsTests>(nameof(FilterHeartbeatsTests.Whoever_is_silent_for_longer_than_the_age_gets_no_grant_until_they_say_so_again))),
    ];
}
