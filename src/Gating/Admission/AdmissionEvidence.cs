using Gating.Consents;
using Gating.Moderators;

namespace Gating.Admission;

/// <summary>What a request shows beside the person's identity, read for one decision: consents, and a moderation of its input.</summary>
internal static class AdmissionEvidence
{
    /// <summary>Where app, tool or issuer are stopped no consent is read: of that no grant can come.</summary>
    public static async ValueTask<AdmissionQuestion> AddAsync(AdmissionQuestion question, bool isOpen, RecordedConsents consents, ModerationReceipts moderation, CancellationToken cancellation) => question with
    {
        Consents = isOpen ? await consents.ReadAsync(question.Request.Detail.ConsentIds, cancellation) : [],
        Moderation = moderation.Read(question.Request.Detail.ModerationReceipt, question.Tool?.Moderation, question.Registry),
    };
}
