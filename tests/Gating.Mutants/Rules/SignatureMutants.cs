using Gating.Tests.Identity;

namespace Gating.Mutants.Rules;

/// <summary>That a signature verified is remembered, and nothing else is.</summary>
internal static class SignatureMutants
{
    private const string Rule = "What is remembered of a signature answers for that signature under that key alone";
    private const string Seen = "Identity/VerifiedSignatures.cs";

    public static Mutant[] All =>
    [
        new(Rule, "the key is not compared", Seen,
            "ReferenceEquals(seen.Key, key) && ", "",
            Guard.Of<VerifiedSignaturesTests>(nameof(VerifiedSignaturesTests.Under_a_key_that_was_exchanged_or_taken_back_it_is_refused))),
        new(Rule, "the digest is not compared", Seen,
            " && digest.SequenceEqual(seen.Digest)", "",
            Guard.Of<VerifiedSignaturesTests>(nameof(VerifiedSignaturesTests.It_remembers_no_more_than_it_was_made_for_and_is_right_all_the_same))),
        new(Rule, "the signature is not in the digest", "Identity/Jose/CompactJws.cs",
            "SHA256.HashData(text, digest)", "SHA256.HashData(signingInput, digest)",
            Guard.Of<VerifiedSignaturesTests>(nameof(VerifiedSignaturesTests.A_twin_of_a_signature_is_another_one_and_what_is_no_signature_stays_none))),
    ];
}
