using Gating.Tests.Ledger.Append;

namespace Gating.Mutants.Rules;

/// <summary>Short-lived rows and settlements: what may be used once.</summary>
internal static class KeyMutants
{
    private const string Stream = "Ledger/Append/StreamAppender.cs";
    private const string Standing = "Ledger/Append/StandingRows.cs";
    private const string Plan = "Ledger/Append/BatchPlan.cs";
    private const string ResolveRule = "409 at a later index: the short-lived keys of the batch are point-read";
    private const string FifoRule = "A bounded FIFO of short-lived rows, three of which an append deletes";

    public static Mutant[] All =>
    [
        new("Equal keys never share a batch", "a batch looks at the stored head alone", Plan,
            "ListsAny(rows, pending.Keys)", "ListsAny(head.ShortLived, pending.Keys)",
            Guard.Of<KeyTests>(nameof(KeyTests.Equal_keys_never_share_a_batch))),
        new("Equal keys never share a batch", "a key of this very batch is looked up at once", Plan,
            "!SharesAny(taken, pending.Keys)", "taken.Count >= 0",
            Guard.Of<KeyTests>(nameof(KeyTests.Equal_keys_never_share_a_batch))),
        new("A used key is reported in the order of the proposal", "the last one is reported", Standing,
            "foreach (var key in pending.Keys)", "foreach (var key in pending.Keys.Reverse())",
            Guard.Of<KeyTests>(nameof(KeyTests.Of_several_used_keys_the_first_is_reported))),
        new("A key and its entry are one transaction", "the key's row is not written", Plan,
            "_keys.Add(new(key.Key, first));", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_used_key_is_found_by_another_instance_and_after_a_restart))),
        new("A key's row names the entry it served", "it names the entry before", Plan,
            "_keys.Add(new(key.Key, first));", "_keys.Add(new(key.Key, first - 1));",
            Guard.Of<KeyTests>(nameof(KeyTests.A_used_key_names_the_entry_it_served))),
        new(ResolveRule, "they are not", Stream,
            "await _standing.AnswerKeysAsync(open, open.ToArray(), _dropped);", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_row_that_the_head_does_not_list_is_still_found_and_the_others_are_committed))),
        new("Those decided are answered, the rest is committed again", "the whole batch is turned away", Stream,
            "await _standing.AnswerKeysAsync(open, open.ToArray(), _dropped);", "open.ForEach(one => one.Taken(new(one.Keys.FirstOrDefault().Key, 1)));\n open.Clear();",
            Guard.Of<KeyTests>(nameof(KeyTests.A_row_that_the_head_does_not_list_is_still_found_and_the_others_are_committed))),
        new("A name without its row is dropped", "it stays and the key is used for ever", Standing,
            "dropped.Add(key.Key);", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_name_whose_row_is_gone_is_dropped_and_the_key_is_free))),
        new("A delete that meets 404 drops that name", "it tries to delete it again", Stream,
            "_dropped.Add(missing.Row.Key);", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_deletion_of_a_row_that_is_gone_drops_the_name_and_goes_on))),
        new(FifoRule, "nothing is deleted", Plan,
            "cleared < DeletionsEach", "cleared < 0",
            Guard.Of<KeyTests>(nameof(KeyTests.An_append_deletes_three_rows_that_are_past_their_time))),
        new(FifoRule, "everything past its time is deleted at once", Plan,
            "cleared < DeletionsEach", "cleared < int.MaxValue",
            Guard.Of<KeyTests>(nameof(KeyTests.An_append_deletes_three_rows_that_are_past_their_time))),
        new(FifoRule, "rows that are still good are deleted", Plan,
            "rows[i].Expires <= now && ", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_long_lived_row_does_not_keep_later_ones_from_being_deleted))),
        new(FifoRule, "names go and their rows stay", Plan,
            "_deletions.Add(rows[i].Key);", "",
            Guard.Of<KeyTests>(nameof(KeyTests.An_append_deletes_three_rows_that_are_past_their_time))),
        new(FifoRule, "a row that this very batch writes is deleted", Plan,
            " && !_keys.Exists(key => key.Key == rows[i].Key)", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_row_past_its_time_is_not_deleted_by_the_batch_that_writes_it))),
        new("At most 256 short-lived rows", "any number", Plan,
            "after.Length + decided.Keys.Length > Head.MaxShortLived", "false",
            Guard.Of<KeyTests>(nameof(KeyTests.A_head_lists_at_most_256_rows))),
        new("A grant is settled once", "one batch settles it twice", Plan,
            "_settlements.Exists(row => row.Id == decided.Settles)", "false",
            Guard.Of<KeyTests>(nameof(KeyTests.Two_settlements_of_one_grant_never_share_a_batch))),
        new("A grant is settled once", "the settlement's row is not written", Plan,
            "_settlements.Add(new(id, first));", "",
            Guard.Of<KeyTests>(nameof(KeyTests.A_grant_is_settled_once_however_many_race))),
        new("A grant is settled once", "who comes second hears nothing", Stream,
            "await _standing.AnswerSettlementsAsync(open, plan);", "",
            Guard.Of<KeyTests>(nameof(KeyTests.Two_settlements_of_one_grant_never_share_a_batch))),
        new("No two lists of parts name one key", "parts are joined without their lengths", "Ledger/KeyHash.cs",
            "hash.AppendData(length);", "",
            Guard.Of<KeyTests>(nameof(KeyTests.Other_parts_are_another_key_even_when_they_join_to_the_same_text))),
    ];
}
