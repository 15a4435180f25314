using System.Text;
using Gating.Functions.Http;
using Gating.Functions.Telemetry;
using Gating.Identity.Jose;
using Gating.Signals.Receiving;

namespace Gating.Functions.Endpoints.Signals;

/// <summary>
/// <c>POST /ssf/events</c>: an issuer that the registry believes reports what happened to an account (RFC 8935, section 2). 202 without a body where what follows from it is so; 400 with <c>err</c> where it is not believed, and would not be if
/// it came again; 503 where it has to come again. Open to anybody: what counts is the signature.
/// </summary>
internal sealed class EventsEndpoint(EventReceiver receiver)
{
    public const string Type = "application/secevent+jwt";

    public async Task PostAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!HasType(context.Request.ContentType))
        {
            await RefuseAsync(context, "invalid_request", "content_type_wrong", $"Send one security event token as {Type}.");
            return;
        }

        var body = await BoundedBody.ReadAsync(context.Request, CompactJws.MaxCharacters, context.RequestAborted);
        var outcome = body is null
            ? new ReceivedOutcome.Refused(EventRefusal.TooLarge)
            : await receiver.ReceiveAsync(Encoding.ASCII.GetString(body), context.Request.Headers.Authorization is [{ } authorization] ? authorization : null, context.RequestAborted);
        switch (outcome)
        {
            case ReceivedOutcome.Done:
                GateTelemetry.EventReceived("taken", "none");
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            case ReceivedOutcome.Refused refused:
                var (error, reason, what) = Say(refused.Reason);
                await RefuseAsync(context, error, reason, $"The event {what}.");
                break;
            case ReceivedOutcome.KeysUnavailable:
                GateTelemetry.EventReceived("failed", "issuer_keys_unavailable");
                await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "issuer_keys_unavailable", "The transmitter's keys cannot be had now: send the event again.");
                break;
            default:
                GateTelemetry.EventReceived("failed", "busy");
                await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "The record is in heavy use, or too many stops stand on it: send the event again.");
                break;
        }
    }

    private static bool HasType(string? contentType) =>
        contentType is not null && contentType.AsSpan(0, contentType.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : contentType.Length).Trim().Equals(Type, StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 8935, section 2.3: <c>err</c> is of the registry that its section 7.1 begins; <c>reason</c> is ours, stable, and says which of its many meanings it has.</summary>
    private static Task RefuseAsync(HttpContext context, string error, string reason, string description)
    {
        GateTelemetry.EventReceived("refused", reason);
        context.Response.Headers.ContentLanguage = "en";
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status400BadRequest, MediaTypes.Json, (error, reason, description), static (json, said) =>
        {
            json.WriteString("err"u8, said.error);
            json.WriteString("description"u8, said.description);
            json.WriteString("reason"u8, said.reason);
        }, context.RequestAborted);
    }

    /// <summary>No discard: a refusal that is not mapped does not compile.</summary>
    private static (string Error, string Reason, string What) Say(EventRefusal refusal) => refusal switch
    {
        EventRefusal.Malformed => ("invalid_request", "event_malformed", "is not a signed token of strict form"),
        EventRefusal.TooLarge => ("invalid_request", "event_too_large", $"has more than {CompactJws.MaxCharacters} characters"),
        EventRefusal.ExtensionNotSupported => ("invalid_request", "event_extension_not_supported", "uses an extension that is not understood here"),
        EventRefusal.WrongType => ("invalid_request", "event_type_wrong", "is not of type secevent+jwt"),
        EventRefusal.MissingClaim => ("invalid_request", "event_claim_missing", "lacks a claim that it must carry: iat, jti, aud, sub_id or events"),
        EventRefusal.InvalidClaim => ("invalid_request", "event_claim_invalid", "has a claim that cannot be what it says"),
        EventRefusal.ForbiddenClaim => ("invalid_request", "event_claim_forbidden", "carries exp or sub, which no event has (SSF 1.0, section 4.1)"),
        EventRefusal.TooOld => ("invalid_request", "event_too_old", $"was made more than {EventClaims.MaxAge.TotalMinutes:F0} minutes ago"),
        EventRefusal.NotYetValid => ("invalid_request", "event_not_yet_valid", "was made in the future"),
        EventRefusal.NotOneEvent => ("invalid_request", "event_not_one", "does not name exactly one type in events"),
        EventRefusal.InvalidEvent => ("invalid_request", "event_members_invalid", "has a member that its type does not have like that"),
        EventRefusal.SubjectNotSupported => ("invalid_request", "event_subject_not_supported", "is not about an iss_sub of the issuer's own, alone, among aliases, or as the user of a complex subject"),
        EventRefusal.IdTaken => ("invalid_request", "event_id_taken", "has the jti of another event"),
        EventRefusal.UnknownIssuer => ("invalid_issuer", "event_issuer_unknown", "is of a transmitter whose events are not believed here"),
        EventRefusal.WrongAudience => ("invalid_audience", "event_audience_wrong", "is for somebody else"),
        EventRefusal.NotAuthenticated => ("authentication_failed", "event_not_authenticated", "came without the Authorization that was agreed"),
        EventRefusal.BadSignature => ("authentication_failed", "event_signature_bad", "has a signature that does not verify"),
        EventRefusal.BringsOwnKey => ("invalid_key", "event_brings_own_key", "brings or points to its own key"),
        EventRefusal.AlgorithmNotAllowed => ("invalid_key", "event_algorithm_not_allowed", "is signed with an algorithm that is not on its transmitter's list"),
        EventRefusal.UnknownKey => ("invalid_key", "event_key_unknown", "is signed with a key that its transmitter does not publish"),
        EventRefusal.UnfitKey => ("invalid_key", "event_key_unfit", "is signed with a key that may not sign it"),
        EventRefusal.KeyStopped => ("invalid_key", "event_key_stopped", "is signed with a key that is stopped"),
        EventRefusal.AmbiguousKey => ("invalid_key", "event_key_ambiguous", "could be signed with several keys and names none"),
    };
}
