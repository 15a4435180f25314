using Gating.Tests.Admission;
using Gating.Tests.Consents;
using Gating.Tests.Generations;

namespace Gating.Mutants.Rules;

/// <summary>Section 6: no grant over a likeness without the consent of the person depicted, and none after it was withdrawn.</summary>
internal static class ConsentMutants
{
    private const string Records = "Consents/RecordedConsents.cs";
    private const string Rules = "Consents/ConsentRules.cs";

    public static Mutant[] All =>
    [
        new("A withdrawal stops new grants at once", "it is not looked for", Records,
            "await reads.Withdrawal is not null ? ConsentState.Withdrawn", "await reads.Withdrawal is null && false ? ConsentState.Withdrawn",
            Guard.Of<RefusalTableTests>(nameof(RefusalTableTests.Every_reason_has_a_situation_that_is_refused_for_it))),
        new("A withdrawal stops new grants at once", "the consent is not looked at again before the grant is signed", "Admission/AdmissionGate.cs",
            "!await evidence.StillHoldsAsync(request, cancellation) ?", "await Task.FromResult(false) ?",
            Guard.Of<ConsentTests>(nameof(ConsentTests.A_withdrawal_that_comes_between_the_decision_and_the_signature_is_seen))),
        new("A withdrawal stops new grants at once", "grants that were given before are good for a generation", "Generations/GrantRedeemer.cs",
            "if (!await consents.HoldAsync(grant.ConsentIds, cancellation))", "if (await Task.FromResult(false))",
            Guard.Of<GenerationRefusalTests>(nameof(GenerationRefusalTests.Every_reason_has_a_situation_that_is_refused_for_it))),
        new("A consent is for what it says", "its scope is not compared", Rules,
            "!consent.Terms.CoversApp(question.Request.App.Id) || !consent.Terms.CoversTool(question.Request.Resource) || !consent.Terms.CoversRequester(question.Person)", "false",
            Guard.Of<RefusalTableTests>(nameof(RefusalTableTests.Every_reason_has_a_situation_that_is_refused_for_it))),
        new("A consent is of somebody who was proven", "nobody asks how well", Rules,
            "consent.Level < question.Tool!.Assurance.Level", "false",
            Guard.Of<RefusalTableTests>(nameof(RefusalTableTests.Every_reason_has_a_situation_that_is_refused_for_it))),
        new("A consent is recorded once", "its key is not used up", "Consents/ConsentDesk.cs",
            "new(state, [entry], keys, null, null, null)", "new(state, [entry], [], null, null, null)",
            Guard.Of<ConsentTests>(nameof(ConsentTests.One_key_is_one_consent))),
    ];
}
