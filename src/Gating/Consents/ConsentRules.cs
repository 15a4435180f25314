using Gating.Admission;
using Gating.Identity;
using Gating.Ledger;

namespace Gating.Consents;

/// <summary>Whether consents allow what is asked for: pure, on values.</summary>
internal static class ConsentRules
{
    /// <summary>
    /// Whatever consent an app names has to hold, for a tool that demands none as well: the grant carries it, and the tool may rely on it. Of several each has to.
    /// </summary>
    public static RefusalReason? Refuse(AdmissionQuestion question, DateTimeOffset now)
    {
        if (question.Request.Detail.ConsentIds.IsEmpty)
        {
            return question.Tool!.DemandsConsent ? RefusalReason.ConsentMissing : null;
        }

        if (question.Consents.Length != question.Request.Detail.ConsentIds.Length)
        {
            return RefusalReason.ConsentUnknown;
        }

        foreach (var standing in question.Consents)
        {
            if (Refuse(standing, question, now) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private static RefusalReason? Refuse(ConsentStanding standing, AdmissionQuestion question, DateTimeOffset now) => standing.State switch
    {
        ConsentState.Unknown => RefusalReason.ConsentUnknown,
        ConsentState.Withdrawn => RefusalReason.ConsentWithdrawn,
        ConsentState.Void => RefusalReason.ConsentVoid,
        ConsentState.Given => Refuse(standing.Consent!, question, now),
    };

    private static RefusalReason? Refuse(Consent consent, AdmissionQuestion question, DateTimeOffset now) =>
        now >= consent.Terms!.Until ? RefusalReason.ConsentExpired
        : !consent.Terms.CoversApp(question.Request.App.Id) || !consent.Terms.CoversTool(question.Request.Resource) || !consent.Terms.CoversRequester(question.Person) ? RefusalReason.ConsentOutOfScope
        : consent.Level < question.Tool!.Assurance.Level ? RefusalReason.ConsentTooWeak
        : null;
}
