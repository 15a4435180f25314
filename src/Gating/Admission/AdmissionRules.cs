using System.Collections.Immutable;
using Gating.Consents;
using Gating.Identity;
using Gating.Ledger;
using Gating.Moderators;
using Gating.Registry;
using Gating.Usage;
using Gating.Usage.Leases;

namespace Gating.Admission;

/// <summary>What a decision in the person's stream came to.</summary>
internal abstract record AdmissionAnswer
{
    private AdmissionAnswer()
    {
    }

    /// <param name="At">The decision's time: the grant's <c>iat</c>.</param>
    /// <param name="Shadowed">Quotas not in force that would have refused it.</param>
    public sealed record Granted(DateTimeOffset At, DateTimeOffset ExpiresAt, QuotaFields Quotas, ImmutableArray<Quota> Shadowed) : AdmissionAnswer;

    public sealed record Refused(Refusal Refusal, QuotaFields Quotas) : AdmissionAnswer;

    /// <summary>The registry snapshot was too old by the time of the decision, or the window over that shared units are of: ask again with fresh ones.</summary>
    public sealed record Stale : AdmissionAnswer;
}

/// <summary>
/// Who may have what: pure, on values. The rules run in the order of the list; the first that refuses decides. Quotas come last, all or nothing, so that
/// nobody pays for a request that something else refuses.
/// </summary>
internal static class AdmissionRules
{
    private delegate Refusal? Rule(AdmissionQuestion question, StreamState state, DateTimeOffset now);

    private static readonly ImmutableArray<Rule> Rules =
    [
        AppIsActive, IssuerIsActive, KeysAreTrusted, ToolIsOpen, DossierIsComplete, OperationIsAllowed, KeyIsBound, PersonIsProven, DepictedConsented, InputIsModerated, PersonIsActive,
    ];

    public static Decided<AdmissionAnswer> Decide(AdmissionQuestion question, StreamState state, DecisionTime time)
    {
        if (question.Registry.IsStaleAt(time, question.MaxRegistryAge))
        {
            return new(state, [], [], null, null, new AdmissionAnswer.Stale());
        }

        if (state.Status is StreamStatus.Erased)
        {
            return Erased(question, state);
        }

        foreach (var rule in Rules)
        {
            if (rule(question, state, time.Now) is { } refusal)
            {
                var fields = new QuotaFields(question.Plan?.PolicyField, null, null);
                return Refuse(question, state, time.Now, refusal, fields);
            }
        }

        return question.Plan!.Charge(state.Windows, question.Request.Detail.Units, time.Now) switch
        {
            UsageDecision.Charged when question.Shared is SharedUsage.Exceeded { Violation: var shared } => Refuse(
                question, state, time.Now, Exceeds(shared, time.Now), new(question.Plan.PolicyField, null, null)),
            UsageDecision.Charged when question.Shared is not SharedUsage.Held held || !held.HoldsAt(time.Now) => new(state, [], [], null, null, new AdmissionAnswer.Stale()),
            UsageDecision.Charged charged => Grant(question, state, time.Now, charged),
            UsageDecision.Exceeded exceeded => Refuse(question, state, time.Now, Exceeds(exceeded, time.Now), Fields(question, exceeded.Statuses, time.Now)),
            UsageDecision.TooManyWindows full => Refuse(
                question, state, time.Now, new(RefusalReason.TooManyWindows, RateLimitFields.RetryAfter(full, time.Now)), new(question.Plan.PolicyField, null, null)),
            var unknown => throw new NotSupportedException($"No answer is known for {unknown.GetType().Name}."),
        };
    }

    /// <summary>The refusal is an entry of its own up to ten times a minute; beyond that it is counted.</summary>
    public static Decided<AdmissionAnswer> Refuse(AdmissionQuestion question, StreamState state, DateTimeOffset now, Refusal refusal, QuotaFields fields)
    {
        if (state.Status is StreamStatus.Erased)
        {
            return Erased(question, state);
        }

        var answer = new AdmissionAnswer.Refused(refusal, fields);
        var minute = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var recorded = state.Refusals.Minute == minute ? state.Refusals.Recorded : 0;
        if (recorded >= RefusalTally.PerMinute)
        {
            return new(state, [], [], null, refusal.Reason.Code(), answer);
        }

        var entry = new EntryDraft(EntryKind.Refused, AdmissionEntries.Refused(question, refusal.Reason), question.Sealed);
        return new(state with { Refusals = new(minute, recorded + 1) }, [entry], ProofsOf(question, refusal), null, null, answer);
    }

    private static Decided<AdmissionAnswer> Grant(AdmissionQuestion question, StreamState state, DateTimeOffset now, UsageDecision.Charged charged)
    {
        // Whole seconds, as the token says it: what the entry records and what the grant claims are the same.
        var issued = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var expires = issued + question.Tool!.GrantLifetime;
        var entry = new EntryDraft(EntryKind.Granted, AdmissionEntries.Granted(question, issued, expires, ((SharedUsage.Held)question.Shared).AddTo(charged.Charge), charged.Shadowed), question.Sealed);
        var answer = new AdmissionAnswer.Granted(issued, expires, Fields(question, charged.Statuses, now), charged.Shadowed);
        return new(state with { Windows = charged.Windows }, [entry], question.Keys, null, null, answer);
    }

    // A refusal leaves the idempotency key free, so that the same request may succeed later; what proves possession is used up all the same.
    private static ImmutableArray<ShortLivedRow> ProofsOf(AdmissionQuestion question, Refusal refusal) =>
        refusal.Reason is RefusalReason.ProofReplayed or RefusalReason.AssertionReplayed || question.Keys.IsEmpty
            ? []
            : question.Request.IdempotencyKey is null ? question.Keys : question.Keys.RemoveAt(0);

    private static QuotaFields Fields(AdmissionQuestion question, ImmutableArray<QuotaStatus> statuses, DateTimeOffset now) =>
        new(question.Plan!.PolicyField, RateLimitFields.Limits(statuses, now), RateLimitFields.Legacy(statuses, now));

    private static Refusal Exceeds(UsageDecision.Exceeded exceeded, DateTimeOffset now) =>
        exceeded.Never ? new(RefusalReason.UnitsExceedQuota)
        : new(exceeded.OwnViolated ? RefusalReason.QuotaExceeded : RefusalReason.SharedQuotaExceeded, RateLimitFields.RetryAfter(exceeded, now));

    private static Refusal? AppIsActive(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        question.App is { Status: RegistryStatus.Active } ? null : new(RefusalReason.AppStopped);

    private static Refusal? IssuerIsActive(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        question.Issuer is { Status: RegistryStatus.Active } ? null : new(RefusalReason.IssuerStopped);

    private static Refusal? KeysAreTrusted(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        question.Request.RestsOnStoppedKey(question.Registry) ? new(RefusalReason.KeyStopped) : null;

    private static Refusal? ToolIsOpen(AdmissionQuestion question, StreamState state, DateTimeOffset now) => question.Tool switch
    {
        null => new(RefusalReason.ToolUnknown),
        { Status: not RegistryStatus.Active } => new(RefusalReason.ToolStopped),
        var tool when !question.App!.Tools.Contains(tool.Resource) => new(RefusalReason.ToolNotForApp),
        _ => null,
    };

    private static Refusal? DossierIsComplete(AdmissionQuestion question, StreamState state, DateTimeOffset now)
    {
        var dossier = question.Tool!.Dossier;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return string.IsNullOrEmpty(dossier.FilingNumber) || dossier.SecurityAssessmentUntil is null || dossier.DatasetAuditUntil is null ? new(RefusalReason.DossierIncomplete)
            : dossier.SecurityAssessmentUntil < today || dossier.DatasetAuditUntil < today ? new(RefusalReason.DossierLapsed)
            : null;
    }

    private static Refusal? OperationIsAllowed(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        !question.Tool!.Operations.Contains(question.Request.Detail.Operation) ? new(RefusalReason.OperationNotAllowed)
        : question.Request.Detail.Units > question.Tool.MaxUnits ? new(RefusalReason.UnitsOutOfRange)
        : null;

    private static Refusal? KeyIsBound(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        question.Tool!.DemandsDpop && question.Request.KeyThumbprint is null ? new(RefusalReason.DpopRequired) : null;

    private static Refusal? PersonIsProven(AdmissionQuestion question, StreamState state, DateTimeOffset now)
    {
        var wanted = question.Tool!.Assurance;
        var proven = question.Request.Identity.Assurance;
        var acr = question.Issuer!.AcrValues.GetValueOrDefault(wanted.Level);
        return proven.Level < wanted.Level ? new(RefusalReason.AssuranceTooLow, Wanted: wanted, AcrValues: acr)
            : wanted.MaxAge is { } age && !(proven.VerifiedAt >= now - age) ? new(RefusalReason.AssuranceTooOld, Wanted: wanted, AcrValues: acr)
            : null;
    }

    private static Refusal? DepictedConsented(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        ConsentRules.Refuse(question, now) is { } reason ? new(reason) : null;

    private static Refusal? InputIsModerated(AdmissionQuestion question, StreamState state, DateTimeOffset now) =>
        ModerationRules.Refuse(question, now) is { } reason ? new(reason) : null;

    private static Refusal? PersonIsActive(AdmissionQuestion question, StreamState state, DateTimeOffset now) => state.StatusAt(now) switch
    {
        StreamStatus.Active => null,
        StreamStatus.Suspended => new(RefusalReason.PersonSuspended),
        StreamStatus.Revoked => new(RefusalReason.PersonRevoked),
        StreamStatus.Erased => new(RefusalReason.PersonErased),
    };

    // No entry: of whoever is erased nothing is recorded. The gate looks whether the person has a new stream.
    private static Decided<AdmissionAnswer> Erased(AdmissionQuestion question, StreamState state) => new(
        state, [], [], null, null, new AdmissionAnswer.Refused(new(RefusalReason.PersonErased, RetryAfter: 1), new(question.Plan?.PolicyField, null, null)));
}
