using Gating.Tests.Erasure;

namespace Gating.Mutants.Rules;

/// <summary>Erasure: not before its time, not under a hold, and then nothing leads to the person.</summary>
internal static class ErasureMutants
{
    private const string Rules = "Erasure/ErasureRules.cs";
    private const string Erasure = "Erasure/PersonErasure.cs";
    private const string Refused = "What has to be kept is kept";
    private const string Nothing = "Nothing leads to the person any more";

    public static Mutant[] All =>
    [
        new(Refused, "a hold does not stand in the way", Rules,
            "state.Holds.Any ? ErasureRefusal.Held", "false ? ErasureRefusal.Held",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Each_reason_has_a_request_that_meets_it_and_nothing_is_erased))),
        new(Refused, "one that is set meanwhile does not either", Rules,
            "state.Holds.Any ? new(", "false ? new(",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.A_hold_that_is_set_while_who_is_revoked_is_erased_stands))),
        new(Refused, "whoever is suspended is erased, and comes back", Rules,
            "state.StatusAt(now) is StreamStatus.Suspended || ", "",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Each_reason_has_a_request_that_meets_it_and_nothing_is_erased))),
        new(Refused, "the record of yesterday goes", Rules,
            "now - last < Kept ? ErasureRefusal.TooEarly", "false ? ErasureRefusal.TooEarly",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Each_reason_has_a_request_that_meets_it_and_nothing_is_erased))),
        new(Refused, "what was recorded meanwhile goes unseen", Rules,
            "at.Seq != next ? new(", "false ? new(",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Each_reason_has_a_request_that_meets_it_and_nothing_is_erased))),
        new(Refused, "files are kept of somebody who is gone", Erasure,
            "if (await KeepsFilesAsync(person, head, cancellation))", "if (false)",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Each_reason_has_a_request_that_meets_it_and_nothing_is_erased))),
        new("Every erasure was ordered", "nothing says who ordered it", Erasure,
            "await operators.RecordAsync(ErasureEntries.Ordered(person, by, reason), cancellation) is null", "false",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Nothing_leads_to_the_person_any_more_and_the_chain_is_what_it_was))),
        new(Nothing, "the salt stays", Rules,
            "{ Erases = true }", "",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Nothing_leads_to_the_person_any_more_and_the_chain_is_what_it_was))),
        new(Nothing, "the name stays", Erasure,
            "await ReleaseAsync(person, identity, cancellation);", "",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Nothing_leads_to_the_person_any_more_and_the_chain_is_what_it_was))),
        new(Nothing, "their files lead to them", Erasure,
            "await index.RemoveAsync(entry, cancellation);", "",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Nothing_leads_to_the_person_any_more_and_the_chain_is_what_it_was))),
        new(Nothing, "an older backup brings them back for good", Erasure,
            "await list.AddAsync(person, cancellation);", "",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.What_an_older_backup_brings_back_is_erased_again))),
        new("Of who is revoked the bare marker stays", "the name of who is revoked is released", Erasure,
            "if (!isMarked && ", "if (",
            Guard.Of<PersonErasureTests>(nameof(PersonErasureTests.Of_who_is_revoked_the_bare_marker_stays_and_nothing_is_sealed_under_it))),
    ];
}
