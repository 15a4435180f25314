using Gating.Admission;
using Gating.Clients;

namespace Gating.Moderators;

/// <summary>Whether the app's filters are active and the input was looked at, as the tool demands: pure, on values.</summary>
internal static class ModerationRules
{
    public static RefusalReason? Refuse(AdmissionQuestion question, DateTimeOffset now) =>
        question.Tool!.FilterHeartbeat is not null && !(question.Filters?.Until > now) ? RefusalReason.ModerationStale : RefuseInput(question, now);

    private static RefusalReason? RefuseInput(AdmissionQuestion question, DateTimeOffset now) => question.Tool!.Moderation is not { } demand ? null : question.Moderation switch
    {
        ModerationFinding.Attested attested =>
            !string.Equals(attested.Receipt.InputDigest, question.Request.Detail.InputDigest, StringComparison.Ordinal) ? RefusalReason.ModerationOtherInput
            : attested.Receipt.Verdict is ModerationVerdict.Blocked || (attested.Receipt.Verdict is ModerationVerdict.Flagged && !demand.TakesFlagged) ? RefusalReason.ModerationRefused
            : now - attested.Receipt.At > demand.MaxAge || attested.Receipt.At > now + ClientTimes.Ahead ? RefusalReason.ModerationStale
            : null,
        ModerationFinding.Invalid => RefusalReason.ModerationInvalid,
        _ => RefusalReason.ModerationMissing,
    };
}
