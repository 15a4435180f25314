using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Gating.Tests.Moderators;

namespace Gating.Mutants.Rules;

/// <summary>Section 5: from the answer on nothing is proven by a key that is stopped.</summary>
internal static class StoppedKeyMutants
{
    private const string Request = "Admission/AdmissionRequest.cs";

    public static Mutant[] All =>
    [
        new("A stopped key lets nobody in", "the app's own is not compared", Request,
            "Contains(stopped, ClientKey) || ", "",
            Guard.Of<StoppedKeysTests>(nameof(StoppedKeysTests.One_that_is_stopped_lets_nobody_in_until_it_is_lifted))),
        new("A stopped key lets nobody in", "the issuer's is not compared", Request,
            "Contains(stopped, Identity.SignedWith) || ", "",
            Guard.Of<StoppedKeysTests>(nameof(StoppedKeysTests.One_that_is_stopped_lets_nobody_in_until_it_is_lifted))),
        new("A stopped key lets nobody in", "nobody looks again before the grant is signed", "Admission/AdmissionGate.cs",
            "request.RestsOnStoppedKey(now) ?", "false ?",
            Guard.Of<StoppedKeysTests>(nameof(StoppedKeysTests.One_that_is_stopped_between_the_decision_and_the_signature_is_seen))),
        new("A stopped key lets nobody in", "a grant that is bound to it is redeemed", "Generations/GenerationRules.cs",
            "question.Grant.KeyThumbprint is { } key && question.Registry.StoppedKeys.Contains(key)", "false",
            Guard.Of<GenerationRefusalTests>(nameof(GenerationRefusalTests.Every_reason_has_a_situation_that_is_refused_for_it))),
        new("A stopped key lets nobody in", "those of apps and moderators are used on", "Clients/ClientKeys.cs",
            "ReadOne(registered) is { } key && !stopped.Contains(key.Thumbprint)", "ReadOne(registered) is { } key",
            Guard.Of<ModerationReceiptsTests>(nameof(ModerationReceiptsTests.Under_a_key_that_is_stopped_it_opens_nothing))),
    ];
}
