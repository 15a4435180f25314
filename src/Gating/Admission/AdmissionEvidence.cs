using Gating.Consents;
using Gating.Moderators;

namespace Gating.Admission;

/// <summary>
/// What a request shows beside the person's identity, read for one decision: consents, a moderation of its input, and whether the app's filters are active. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class AdmissionEvidence(RecordedConsents consents, ModerationReceipts moderation, FilterHeartbeats filters)
{
    /// <summary>Where app, tool or issuer are stopped nothing is read from storage: of that no grant can come.</summary>
    internal async ValueTask<AdmissionQuestion> AddAsync(AdmissionQuestion question, bool isOpen, CancellationToken cancellation) => question with
    {
        Consents = isOpen ? await consents.ReadAsync(question.Request.Detail.ConsentIds, cancellation) : [],
        Moderation = moderation.Read(question.Request.Detail.ModerationReceipt, question.Tool?.Moderation, question.Registry),
        Filters = isOpen && question.Tool is { FilterHeartbeat: { } age } tool ? await filters.FindAsync(question.Request.App.Id, tool.Resource, age, cancellation) : null,
    };

    /// <summary>Whether the consents that it names hold, asked after the commit (<see cref="RecordedConsents.HoldAsync"/>).</summary>
    internal Task<bool> StillHoldsAsync(AdmissionRequest request, CancellationToken cancellation) => consents.HoldAsync(request.Detail.ConsentIds, cancellation);
}
