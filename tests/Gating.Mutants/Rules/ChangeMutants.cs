using Gating.Tests.Registry.Changes;

namespace Gating.Mutants.Rules;

/// <summary>Section 9: the registry is changed by what was recorded before, by two humans where it takes two, once, and as it was read.</summary>
internal static class ChangeMutants
{
    private const string Desk = "Registry/Changes/ChangeDesk.cs";
    private const string Rules = "Registry/Changes/ChangeRules.cs";
    private const string Edit = "Registry/Changes/ItemEdit.cs";

    public static Mutant[] All =>
    [
        new("A change takes two humans", "who proposed it approves it", Desk,
            "change.TakesTwo && change.By.IsSameHumanAs(by)", "false",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.What_takes_two_waits_for_another_human_and_is_carried_out_once))),
        new("A change takes two humans", "it is carried out at once", Desk,
            "return two ? new ChangeOutcome.Done(change, ChangeStanding.Proposed, null) : await", "return await",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.What_takes_two_waits_for_another_human_and_is_carried_out_once))),
        new("A change takes two humans", "one lets an app release without the visible label", Desk,
            "takesTwo || ChangeRules.LetsRelease(item, before, after)", "takesTwo",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.Letting_an_app_release_without_the_visible_label_takes_two_whatever_the_route_says))),
        new("A change is of what was read", "an older state is changed", Desk,
            "if (!string.Equals(stored is null ? null : RegisteredItem.TagOf(stored), tag, StringComparison.Ordinal))", "if (false)",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.An_older_state_is_not_changed_and_not_put_back))),
        new("A change is of what was read", "a change that waited is carried out on whatever is there", Rules,
            "string.Equals(RegisteredItem.TagOf(stored), change.BeforeTag, StringComparison.Ordinal)", "true",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.Of_two_changes_of_one_item_that_wait_the_second_to_be_approved_has_no_effect))),
        new("A change is carried out once", "its end is not looked for", Desk,
            "await operators.ReadDecisionAsync(ChangeParts.End(change.Id), cancellation) is { } ended", "((EntryKind?)null) is { } ended",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.An_approved_change_that_was_undone_later_is_not_carried_out_again))),
        new("A change is recorded", "what a crash kept from the ledger stays out of it", Desk,
            "stored is not null && await CompleteAsync(stored.Change, by, cancellation) is { } busy", "stored is not null && await Task.FromResult<ChangeOutcome?>(null) is { } busy",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.What_a_crash_kept_from_the_ledger_is_recorded_before_the_row_forgets_it))),
        new("The registry stays valid", "what others lean on goes", Desk,
            "case RegistryReading.Invalid invalid:\n                return new(ChangeRefusal.Invalid, invalid.Errors);", "case RegistryReading.Invalid:\n                return null;",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.What_leans_on_something_that_went_meanwhile_is_dropped))),
        new("Nobody locks himself out", "he does", Desk,
            "when ChangeRules.LocksOut(valid.Document, by)", "when false",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.Nobody_takes_from_his_issuer_what_makes_admins))),
        new("Secrets are made, not chosen", "a put takes them away", Edit,
            "RowOf(item, root.Value, SecretsOf(before, item))", "RowOf(item, root.Value, default)",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.Secrets_are_told_by_their_fingerprints_two_at_most_and_a_put_leaves_them_alone))),
        new("A seed does not undo an admin's change", "it does", "Registry/RegistrySeeder.cs",
            "static row => row.Change != 0", "static _ => false",
            Guard.Of<ChangeDeskTests>(nameof(ChangeDeskTests.A_seed_that_is_read_at_every_start_does_not_undo_what_an_admin_changed))),
    ];
}
