using Gating.Tests.Appeals;

namespace Gating.Mutants.Rules;

/// <summary>Who was stopped is heard by somebody else than who stopped them, and told no yes that is none.</summary>
internal static class AppealMutants
{
    private const string Desk = "Appeals/AppealDesk.cs";

    public static Mutant[] All =>
    [
        new("Nobody judges his own order", "who ordered it is not asked", Desk,
            "StopEntries.ReadBy(opened).IsSameHumanAs(by)", "false",
            Guard.Of<AppealDeskTests>(nameof(AppealDeskTests.Whoever_ordered_the_stop_does_not_judge_it_and_it_is_not_upheld_while_it_stands))),
        new("An appeal that is upheld is a yes", "who is stopped is told that they were right", Desk,
            "return upheld && head", "return false && head",
            Guard.Of<AppealDeskTests>(nameof(AppealDeskTests.Whoever_ordered_the_stop_does_not_judge_it_and_it_is_not_upheld_while_it_stands))),
        new("An appeal is filed once", "its key is not used up", Desk,
            "new(state, [entry], [once], null, null, true)", "new(state, [entry], [], null, null, true)",
            Guard.Of<AppealDeskTests>(nameof(AppealDeskTests.An_app_files_one_a_day_and_another_app_one_of_its_own))),
        new("An appeal is filed once", "whoever was let in may file one", Desk,
            "if (entry.Kind is EntryKind.Refused or EntryKind.RefusedMany)", "if (entry.Seq > 0)",
            Guard.Of<AppealDeskTests>(nameof(AppealDeskTests.Who_was_let_in_or_never_seen_has_nothing_to_appeal_and_who_was_refused_has))),
        new("An appeal has an answer", "the person's ledger is not told", Desk,
            "new(state, [draft], [], appeal.Decision, null, true)", "new(state, [], [], null, null, true)",
            Guard.Of<AppealDeskTests>(nameof(AppealDeskTests.Whoever_ordered_the_stop_does_not_judge_it_and_it_is_not_upheld_while_it_stands))),
    ];
}
