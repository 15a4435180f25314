using Gating.Functions.Http;
using Gating.Mandates;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Refusals that have to do with a mandate, as HTTP.</summary>
internal static class MandateAnswers
{
    public static Task RefuseAsync(HttpContext context, MandateRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            MandateRefusal.Unknown or MandateRefusal.NotYours => (404, "mandate_unknown", "There is no such mandate."),
            MandateRefusal.SameHuman => (403, "second_human_needed", "Whoever proposed it, or whom it is for, does not approve it."),
            MandateRefusal.Decided => (409, "mandate_decided", "It was decided before, otherwise than now."),
            MandateRefusal.Expired => (403, "mandate_expired", "The mandate's time is over."),
            MandateRefusal.Withdrawn => (403, "mandate_withdrawn", "The mandate was withdrawn."),
            MandateRefusal.NotApproved => (403, "mandate_not_approved", "The mandate is not approved."),
            MandateRefusal.OutOfScope => (403, "mandate_out_of_scope", "The mandate does not cover this."),
            MandateRefusal.Busy => (503, "busy", "The record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
