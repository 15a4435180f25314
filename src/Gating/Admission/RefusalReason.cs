namespace Gating.Admission;

/// <summary>Why a verified person's request was refused. The codes (<see cref="RefusalCodes"/>) are stored and published: they are never renamed.</summary>
public enum RefusalReason
{
    ToolUnknown = 1,
    ToolNotForApp,
    ToolStopped,
    DossierIncomplete,
    DossierLapsed,
    OperationNotAllowed,
    UnitsOutOfRange,
    DpopRequired,
    AssuranceTooLow,
    AssuranceTooOld,
    ConsentMissing,
    ModerationMissing,
    PersonRevoked,
    PersonSuspended,
    QuotaExceeded,
    SharedQuotaExceeded,
    UnitsExceedQuota,
    TooManyWindows,
    AppStopped,
    IssuerStopped,
    IdentityConflict,
    ProofReplayed,
    AssertionReplayed,
    IdempotencyMismatch,
    IdempotencySpent,
    IdempotencyInFlight,
    TooManyWaiting,
    TooManyKeys,
    Contended,
    RegistryStale,
    PersonErased,
}

/// <summary>The words of the reasons, as they stand in entries, answers and metrics.</summary>
public static class RefusalCodes
{
    /// <summary>No discard: a reason without a word does not compile.</summary>
    public static string Code(this RefusalReason reason) => reason switch
    {
        RefusalReason.ToolUnknown => "tool_unknown",
        RefusalReason.ToolNotForApp => "tool_not_for_app",
        RefusalReason.ToolStopped => "tool_stopped",
        RefusalReason.DossierIncomplete => "dossier_incomplete",
        RefusalReason.DossierLapsed => "dossier_lapsed",
        RefusalReason.OperationNotAllowed => "operation_not_allowed",
        RefusalReason.UnitsOutOfRange => "units_out_of_range",
        RefusalReason.DpopRequired => "dpop_required",
        RefusalReason.AssuranceTooLow => "assurance_too_low",
        RefusalReason.AssuranceTooOld => "assurance_too_old",
        RefusalReason.ConsentMissing => "consent_missing",
        RefusalReason.ModerationMissing => "moderation_missing",
        RefusalReason.PersonRevoked => "person_revoked",
        RefusalReason.PersonSuspended => "person_suspended",
        RefusalReason.QuotaExceeded => "quota_exceeded",
        RefusalReason.SharedQuotaExceeded => "shared_quota_exceeded",
        RefusalReason.UnitsExceedQuota => "units_exceed_quota",
        RefusalReason.TooManyWindows => "too_many_windows",
        RefusalReason.AppStopped => "app_stopped",
        RefusalReason.IssuerStopped => "issuer_stopped",
        RefusalReason.IdentityConflict => "identity_conflict",
        RefusalReason.ProofReplayed => "proof_replayed",
        RefusalReason.AssertionReplayed => "assertion_replayed",
        RefusalReason.IdempotencyMismatch => "idempotency_mismatch",
        RefusalReason.IdempotencySpent => "idempotency_spent",
        RefusalReason.IdempotencyInFlight => "idempotency_in_flight",
        RefusalReason.TooManyWaiting => "too_many_waiting",
        RefusalReason.TooManyKeys => "too_many_keys",
        RefusalReason.Contended => "contended",
        RefusalReason.RegistryStale => "registry_stale",
        RefusalReason.PersonErased => "person_erased",
    };
}
