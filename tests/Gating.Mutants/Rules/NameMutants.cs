using Gating.Tests.Ledger;

namespace Gating.Mutants.Rules;

/// <summary>One human, one stream: found by the naming rows.</summary>
internal static class NameMutants
{
    private const string Names = "Ledger/StreamNames.cs";
    private const string NoFallback = "Where an issuer is trusted for the claim there is no fallback to another identity";
    private const string NoSecond = "Turning trust on or off is never a silent second person";

    public static Mutant[] All =>
    [
        new("Two accounts of one human are one person", "the natural person is not looked at", Names,
            "var found = identity.NaturalPerson is null", "var found = true",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Two_accounts_of_one_human_are_one_person))),
        new(NoFallback, "where the person's stream is another one the account's is used", Names,
            ": new NamedStream.Conflict();", ": new NamedStream.Found(alias, false);",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.An_account_and_a_person_that_name_two_streams_are_a_conflict))),
        new(NoSecond, "a conflict is settled for the person's stream", Names,
            ": new NamedStream.Conflict();", ": new NamedStream.Found(winner, false);",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.An_account_and_a_person_that_name_two_streams_are_a_conflict))),
        new(NoSecond, "turning it on starts a new stream", Names,
            "ofPerson ?? ofAccount ?? StreamId.Create()", "ofPerson ?? StreamId.Create()",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Turning_trust_on_meets_the_same_stream))),
        new(NoSecond, "the account gets no alias, so that turning it off starts a new stream", Names,
            "var alias = ofAccount ?? await store.ClaimAsync(account, winner, CancellationToken.None);", "var alias = ofAccount ?? winner;",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Turning_trust_off_meets_the_same_stream))),
        new(NoSecond, "a second account met on a warm instance gets no alias", Names,
            """Name("natural-person", identity.NaturalPerson, identity.Subject, account);""", """Name("natural-person", identity.NaturalPerson, string.Empty);""",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Turning_trust_off_meets_the_same_stream))),
        new("A crash between two claims shuts nobody out", "the account is claimed before the person", Names,
            """
            var winner = ofPerson ?? await store.ClaimAsync(person, drawn, CancellationToken.None);
                    var alias = ofAccount ?? await store.ClaimAsync(account, winner, CancellationToken.None);
            """,
            """
            var alias = ofAccount ?? await store.ClaimAsync(account, drawn, CancellationToken.None);
                    var winner = ofPerson ?? await store.ClaimAsync(person, alias, CancellationToken.None);
            """,
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.A_crash_between_the_two_claims_shuts_nobody_out))),
        new("The first to insert wins and everybody reads the winner", "each has the stream that it drew", Names,
            "return new NamedStream.Found(winner, winner == drawn);", "return new NamedStream.Found(drawn, true);",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Two_instances_that_meet_a_person_at_once_agree))),
        new("The first to insert wins and everybody reads the winner", "who lost believes the stream to be new", Names,
            "return new NamedStream.Found(winner, winner == drawn);", "return new NamedStream.Found(winner, true);",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Two_instances_that_meet_a_person_at_once_agree))),
        new("Cached; one extra read when cold", "it is read every time", Names,
            "_known.Set(cacheName, stream);", "",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.A_known_person_is_found_without_a_read))),
        new("Keyed by the HMAC of (issuer, subject)", "the issuer is left out", Names,
            """Name("account", issuer, subject);""", """Name("account", string.Empty, subject);""",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.The_same_subject_of_two_issuers_is_two_people))),
        new("Keyed by the HMAC of (issuer, subject)", "the operator's key is left out", Names,
            "new(key.NamingKey());", "new(new byte[32]);",
            Guard.Of<StreamNamesTests>(nameof(StreamNamesTests.Under_another_key_names_are_others))),
    ];
}
