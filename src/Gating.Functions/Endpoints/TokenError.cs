using Gating.Admission;
using Gating.Clients;
using Gating.Functions.Http;
using Gating.Identity;

namespace Gating.Functions.Endpoints;

/// <summary>
/// What the token endpoint says of a refusal: HTTP status, RFC 6749 error, a stable reason, and a sentence for the app's engineer. No switch here has a
/// discard: a reason that is not mapped does not compile.
/// </summary>
internal readonly record struct TokenError(int Status, string Error, string Reason, string Description)
{
    public static TokenError IssuerKeysUnavailable { get; } = new(503, "temporarily_unavailable", "issuer_keys_unavailable", "The identity provider's keys cannot be had now.");

    public static TokenError Of(RefusalReason reason)
    {
        var (status, error, description) = reason switch
        {
            RefusalReason.ToolUnknown => (400, "invalid_target", "No tool is registered under this resource."),
            RefusalReason.ToolNotForApp => (400, "invalid_target", "This app may not ask for this tool."),
            RefusalReason.ToolStopped => (400, "access_denied", "The tool is stopped."),
            RefusalReason.DossierIncomplete => (400, "access_denied", "The tool's compliance dossier is incomplete."),
            RefusalReason.DossierLapsed => (400, "access_denied", "The tool's compliance dossier has lapsed."),
            RefusalReason.OperationNotAllowed => (400, "invalid_authorization_details", "The tool does not offer this operation."),
            RefusalReason.UnitsOutOfRange => (400, "invalid_authorization_details", "More units than one grant of this tool may carry."),
            RefusalReason.DpopRequired => (400, "invalid_dpop_proof", "The tool's grants are bound to a key: send a DPoP proof."),
            RefusalReason.AssuranceTooLow => (400, "insufficient_user_authentication", "The tool needs a better proof of the person's identity."),
            RefusalReason.AssuranceTooOld => (400, "insufficient_user_authentication", "The tool needs a more recent proof of the person's identity."),
            RefusalReason.ConsentMissing => (400, "access_denied", "The tool edits a likeness: name the consent of the person depicted."),
            RefusalReason.ConsentUnknown => (400, "access_denied", "A consent_id is not that of a consent."),
            RefusalReason.ConsentWithdrawn => (400, "access_denied", "A consent was withdrawn."),
            RefusalReason.ConsentVoid => (400, "access_denied", "A consent is of a person whose own access is suspended or revoked, or of whom nothing is known any more."),
            RefusalReason.ConsentExpired => (400, "access_denied", "A consent is past its time."),
            RefusalReason.ConsentOutOfScope => (400, "access_denied", "A consent is not for this app, this tool or this person."),
            RefusalReason.ConsentTooWeak => (400, "access_denied", "The person depicted was not proven as well as the tool demands: ask them to consent anew with a better proof."),
            RefusalReason.ModerationMissing => (400, "access_denied", "The tool needs a valid moderation receipt."),
            RefusalReason.ModerationInvalid => (400, "access_denied", "The moderation receipt is none that a moderator of this tool signed for us."),
            RefusalReason.ModerationOtherInput => (400, "access_denied", "The moderation receipt is about another input than input_digest."),
            RefusalReason.ModerationRefused => (400, "access_denied", "The moderator did not let the input through, or not far enough for this tool."),
            RefusalReason.ModerationStale => (400, "access_denied", "The input was looked at too long ago: have it looked at again. Or the app has not said lately that its filters are active, as the tool demands."),
            RefusalReason.PersonRevoked => (400, "access_denied", "The person's access was revoked."),
            RefusalReason.PersonSuspended => (400, "access_denied", "The person's access is suspended."),
            RefusalReason.QuotaExceeded => (429, "access_denied", "The quota is used up."),
            RefusalReason.SharedQuotaExceeded => (429, "access_denied", "A quota that is not this app's own is used up."),
            RefusalReason.UnitsExceedQuota => (400, "access_denied", "More units than a quota allows at all."),
            RefusalReason.TooManyWindows => (429, "access_denied", "The person uses too many tools at once."),
            RefusalReason.AppStopped => (400, "unauthorized_client", "The app is stopped."),
            RefusalReason.IssuerStopped => (400, "access_denied", "The identity provider is stopped."),
            RefusalReason.KeyStopped => (400, "access_denied", "A key that the request was proven by is stopped: the app's, the identity provider's, or that of the DPoP proof."),
            RefusalReason.IdentityConflict => (400, "access_denied", "The account and the person are known as two; an operator has to join them first."),
            RefusalReason.ProofReplayed => (400, "invalid_dpop_proof", "The DPoP proof was used before."),
            RefusalReason.AssertionReplayed => (401, "invalid_client", "The client assertion was used before."),
            RefusalReason.IdempotencyMismatch => (422, "invalid_request", "The Idempotency-Key was used for another request."),
            RefusalReason.IdempotencySpent => (400, "invalid_request", "The Idempotency-Key's grant has expired or was settled; use a new key."),
            RefusalReason.IdempotencyInFlight => (409, "invalid_request", "A request with this Idempotency-Key is being answered."),
            RefusalReason.TooManyWaiting => (429, "temporarily_unavailable", "Too many requests of this person at once."),
            RefusalReason.TooManyKeys => (429, "temporarily_unavailable", "Too many recent requests of this person are remembered."),
            RefusalReason.Contended => (503, "temporarily_unavailable", "The person's record is in heavy use."),
            RefusalReason.RegistryStale => (503, "temporarily_unavailable", "The registry could not be confirmed in time."),
            RefusalReason.PersonErased => (503, "temporarily_unavailable", "What was known of the person is being erased; the same request begins anew."),
        };
        return new(status, error, reason.Code(), description);
    }

    /// <summary>Who the token says it is, or what is said where it does not hold.</summary>
    public static (VerifiedIdentity? Identity, TokenError? Refused) Read(IdentityOutcome outcome) => outcome.Match<(VerifiedIdentity?, TokenError?)>(
        static verified => (verified.Identity, null),
        static refused => (null, Of(refused.Reason)),
        static _ => (null, IssuerKeysUnavailable));

    // RFC 8693 2.2.2: a subject token that is invalid or unacceptable is invalid_request.
    public static TokenError Of(IdentityRefusal reason) => reason switch
    {
        IdentityRefusal.Malformed => Subject("token_malformed", "is not a signed token of strict form"),
        IdentityRefusal.TooLarge => Subject("token_too_large", "is too large"),
        IdentityRefusal.ExtensionNotSupported => Subject("token_extension_not_supported", "uses an extension that is not understood here"),
        IdentityRefusal.BringsOwnKey => Subject("token_brings_own_key", "brings or points to its own key"),
        IdentityRefusal.UnknownIssuer => Subject("token_issuer_unknown", "is of an issuer that is not trusted"),
        IdentityRefusal.IssuerStopped => Subject("token_issuer_stopped", "is of an issuer that is stopped"),
        IdentityRefusal.AlgorithmNotAllowed => Subject("token_algorithm_not_allowed", "is signed with an algorithm that is not on its issuer's list"),
        IdentityRefusal.WrongType => Subject("token_type_wrong", "is not an identity token"),
        IdentityRefusal.MissingClaim => Subject("token_claim_missing", "lacks a claim that it must carry"),
        IdentityRefusal.InvalidClaim => Subject("token_claim_invalid", "has a claim that cannot be what it says"),
        IdentityRefusal.WrongAudience => Subject("token_audience_wrong", "was not issued to this app"),
        IdentityRefusal.Expired => Subject("token_expired", "has expired"),
        IdentityRefusal.NotYetValid => Subject("token_not_yet_valid", "is not valid yet"),
        IdentityRefusal.LifetimeTooLong => Subject("token_lifetime_too_long", "lives longer than its issuer may make it"),
        IdentityRefusal.UnknownKey => Subject("token_key_unknown", "is signed with a key that its issuer does not publish"),
        IdentityRefusal.UnfitKey => Subject("token_key_unfit", "is signed with a key that may not sign it"),
        IdentityRefusal.AmbiguousKey => Subject("token_key_ambiguous", "could be signed with several keys and names none"),
        IdentityRefusal.KeyStopped => Subject("token_key_stopped", "is signed with a key that is stopped"),
        IdentityRefusal.BadSignature => Subject("token_signature_bad", "has a signature that does not verify"),
        IdentityRefusal.NaturalPersonMissing => new(
            400, "insufficient_user_authentication", "natural_person_missing", "The issuer is trusted to tell people apart, and this token does not: ask for the claim."),
    };

    // Which of the client's credentials was wrong is nobody's business but ours.
    public static TokenError Of(ClientRefusal reason) => reason switch
    {
        ClientRefusal.SeveralMethods => Invalid("client_methods_several", "Authenticate by one method only."),
        ClientRefusal.MalformedCredentials => Invalid("client_credentials_malformed", "The client's credentials cannot be decoded."),
        ClientRefusal.ClientIdMismatch => Invalid("client_id_mismatch", "client_id is not the client that authenticated."),
        ClientRefusal.NoCredentials or ClientRefusal.UnsupportedMethod or ClientRefusal.UnknownClient or ClientRefusal.ClientStopped or ClientRefusal.WrongSecret
            or ClientRefusal.AssertionMalformed or ClientRefusal.AssertionTooLarge or ClientRefusal.ExtensionNotSupported or ClientRefusal.BringsOwnKey
            or ClientRefusal.AlgorithmNotAllowed or ClientRefusal.WrongType or ClientRefusal.MissingClaim or ClientRefusal.InvalidClaim
            or ClientRefusal.SubjectMismatch or ClientRefusal.WrongAudience or ClientRefusal.Expired or ClientRefusal.NotYetValid
            or ClientRefusal.LifetimeTooLong or ClientRefusal.UnknownKey or ClientRefusal.UnfitKey or ClientRefusal.AmbiguousKey
            or ClientRefusal.BadSignature => new(401, "invalid_client", "client_not_authenticated", "The client could not be authenticated."),
    };

    public static TokenError Of(DpopRefusal reason) => reason switch
    {
        DpopRefusal.Missing => Proof("proof_missing", "is missing"),
        DpopRefusal.Repeated => Proof("proof_repeated", "was sent more than once"),
        DpopRefusal.Malformed => Proof("proof_malformed", "is not a signed token of strict form"),
        DpopRefusal.TooLarge => Proof("proof_too_large", "is too large"),
        DpopRefusal.ExtensionNotSupported => Proof("proof_extension_not_supported", "uses an extension that is not understood here"),
        DpopRefusal.PointsToKey => Proof("proof_points_to_key", "points to a key instead of bringing it"),
        DpopRefusal.WrongType => Proof("proof_type_wrong", "is not of type dpop+jwt"),
        DpopRefusal.AlgorithmNotAllowed => Proof("proof_algorithm_not_allowed", "is not signed with ES256"),
        DpopRefusal.KeyMissing => Proof("proof_key_missing", "brings no key"),
        DpopRefusal.UnfitKey => Proof("proof_key_unfit", "brings a key that cannot be its own"),
        DpopRefusal.PrivateKey => Proof("proof_key_private", "gives its private key away"),
        DpopRefusal.BadSignature => Proof("proof_signature_bad", "has a signature that does not verify"),
        DpopRefusal.MissingClaim => Proof("proof_claim_missing", "lacks a claim that it must carry"),
        DpopRefusal.InvalidClaim => Proof("proof_claim_invalid", "has a claim that cannot be what it says"),
        DpopRefusal.WrongMethod => Proof("proof_method_wrong", "is for another HTTP method"),
        DpopRefusal.WrongTarget => Proof("proof_target_wrong", "is for another address"),
        DpopRefusal.TooOld => Proof("proof_too_old", "is too old"),
        DpopRefusal.NotYetValid => Proof("proof_not_yet_valid", "is from the future"),
        DpopRefusal.WrongToken => Proof("proof_token_wrong", "is for another token"),
        DpopRefusal.NonceWanted => new(400, "use_dpop_nonce", "proof_nonce_wanted", "The DPoP proof needs our nonce."),
    };

    public static TokenError Of(FormProblem problem) => problem switch
    {
        FormProblem.None => throw new ArgumentOutOfRangeException(nameof(problem)),
        FormProblem.NotAForm => new(415, "invalid_request", "form_expected", "Send application/x-www-form-urlencoded."),
        FormProblem.TooLarge => new(413, "invalid_request", "form_too_large", $"A request has at most {FormFields.MaxSize} bytes."),
        FormProblem.Malformed => Invalid("form_malformed", "The form is not url-encoded UTF-8."),
        FormProblem.Repeated => Invalid("form_parameter_repeated", "A parameter was sent twice, or there are too many."),
    };

    public static TokenError Invalid(string reason, string description) => new(400, "invalid_request", reason, description);

    private static TokenError Subject(string reason, string what) => new(400, "invalid_request", reason, $"The identity token {what}.");

    private static TokenError Proof(string reason, string what) => new(400, "invalid_dpop_proof", reason, $"The DPoP proof {what}.");
}
