using Gating.Admission;

namespace Gating.Functions.Endpoints;

/// <summary>What the token endpoint says of a refusal: HTTP status, RFC 6749 error and a sentence for the app's engineer.</summary>
internal readonly record struct TokenError(int Status, string Error, string Description)
{
    /// <summary>No discard: a reason that is not mapped does not compile.</summary>
    public static TokenError Of(RefusalReason reason) => reason switch
    {
        RefusalReason.ToolUnknown => new(400, "invalid_target", "No tool is registered under this resource."),
        RefusalReason.ToolNotForApp => new(400, "invalid_target", "This app may not ask for this tool."),
        RefusalReason.ToolStopped => new(400, "access_denied", "The tool is stopped."),
        RefusalReason.DossierIncomplete => new(400, "access_denied", "The tool's compliance dossier is incomplete."),
        RefusalReason.DossierLapsed => new(400, "access_denied", "The tool's compliance dossier has lapsed."),
        RefusalReason.OperationNotAllowed => new(400, "invalid_authorization_details", "The tool does not offer this operation."),
        RefusalReason.UnitsOutOfRange => new(400, "invalid_authorization_details", "More units than one grant of this tool may carry."),
        RefusalReason.DpopRequired => new(400, "invalid_dpop_proof", "The tool's grants are bound to a key: send a DPoP proof."),
        RefusalReason.AssuranceTooLow => new(400, "insufficient_user_authentication", "The tool needs a better proof of the person's identity."),
        RefusalReason.AssuranceTooOld => new(400, "insufficient_user_authentication", "The tool needs a more recent proof of the person's identity."),
        RefusalReason.ConsentMissing => new(400, "access_denied", "The tool edits a likeness and no consent of the person depicted is known."),
        RefusalReason.ModerationMissing => new(400, "access_denied", "The tool needs a valid moderation receipt."),
        RefusalReason.PersonRevoked => new(400, "access_denied", "The person's access was revoked."),
        RefusalReason.PersonSuspended => new(400, "access_denied", "The person's access is suspended."),
        RefusalReason.QuotaExceeded => new(429, "access_denied", "The quota is used up."),
        RefusalReason.SharedQuotaExceeded => new(429, "access_denied", "A quota that is not this app's own is used up."),
        RefusalReason.UnitsExceedQuota => new(400, "access_denied", "More units than a quota allows at all."),
        RefusalReason.TooManyWindows => new(429, "access_denied", "The person uses too many tools at once."),
        RefusalReason.AppStopped => new(400, "unauthorized_client", "The app is stopped."),
        RefusalReason.IssuerStopped => new(400, "access_denied", "The identity provider is stopped."),
        RefusalReason.IdentityConflict => new(400, "access_denied", "The account and the person are known as two; an operator has to join them first."),
        RefusalReason.ProofReplayed => new(400, "invalid_dpop_proof", "The DPoP proof was used before."),
        RefusalReason.AssertionReplayed => new(401, "invalid_client", "The client assertion was used before."),
        RefusalReason.IdempotencyMismatch => new(422, "invalid_request", "The Idempotency-Key was used for another request."),
        RefusalReason.IdempotencySpent => new(400, "invalid_request", "The Idempotency-Key's grant has expired or was settled; use a new key."),
        RefusalReason.IdempotencyInFlight => new(409, "invalid_request", "A request with this Idempotency-Key is being answered."),
        RefusalReason.TooManyWaiting => new(429, "temporarily_unavailable", "Too many requests of this person at once."),
        RefusalReason.TooManyKeys => new(429, "temporarily_unavailable", "Too many recent requests of this person are remembered."),
        RefusalReason.Contended => new(503, "temporarily_unavailable", "The person's record is in heavy use."),
        RefusalReason.RegistryStale => new(503, "temporarily_unavailable", "The registry could not be confirmed in time."),
    };
}
