using System.Text.Json;
using Gating.Consents;
using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Http;
using Gating.Registry.Reading;

namespace Gating.Functions.Endpoints;

/// <summary>What apps are told of consents. Whose they are is in none of it.</summary>
internal static class ConsentAnswers
{
    public static Task WriteAsync(HttpContext context, int status, string id, Consent consent, string state) =>
        JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (id, consent, state), static (json, told) =>
        {
            json.WriteString("consent"u8, told.id);
            json.WriteString("state"u8, told.state);
            json.WriteString("given"u8, Rfc3339.Text(told.consent.At));
            json.WriteString("app"u8, told.consent.App);
            if (told.consent.Terms is { } terms)
            {
                json.WriteAnyTexts("tools", terms.Tools);
                json.WriteAnyTexts("apps", terms.Apps);
                json.WriteString("requester"u8, terms.Requester is null ? "anyone"u8 : "one"u8);
                json.WriteString("purpose"u8, terms.Purpose);
                json.WriteString("expires"u8, Rfc3339.Text(terms.Until));
            }

            json.WriteString("receipt"u8, ReceiptsEndpoint.PathOf(told.id));
        }, context.RequestAborted);

    public static Task WriteAsync(HttpContext context, ConcernedPage page) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, page, static (json, page) =>
        {
            json.WriteStartArray("outputs"u8);
            foreach (var output in page.Outputs)
            {
                json.WriteStartObject();
                json.WriteString("content_id"u8, output.File.Content.Text);
                json.WriteString("media_type"u8, output.File.MediaType);
                json.WriteString("app"u8, output.App);
                json.WriteString("tool"u8, output.Tool);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            PageCursor.Write(json, page.Next);
        }, context.RequestAborted);

    public static Task RefuseAsync(HttpContext context, ConsentRefusal reason)
    {
        var (status, word, detail) = reason switch
        {
            ConsentRefusal.Unknown => (StatusCodes.Status404NotFound, "consent_unknown", "There is no such consent for you."),
            ConsentRefusal.IdentityConflict => (StatusCodes.Status403Forbidden, "identity_conflict", "The account and the person are known as two; an operator has to join them first."),
            ConsentRefusal.PersonSuspended => (StatusCodes.Status403Forbidden, "person_suspended", "The person's access is suspended."),
            ConsentRefusal.PersonRevoked => (StatusCodes.Status403Forbidden, "person_revoked", "The person's access was revoked."),
            ConsentRefusal.KeyMismatch => (StatusCodes.Status422UnprocessableEntity, "idempotency_mismatch", "The Idempotency-Key was used for another consent."),
            ConsentRefusal.PersonErased => (StatusCodes.Status503ServiceUnavailable, "person_erased", "What was known of the person is being erased; the same request begins anew."),
            ConsentRefusal.Busy => (StatusCodes.Status503ServiceUnavailable, "busy", "Too much is being asked of the person's record at once."),
        };
        return Problem.WriteAsync(context, status, word, detail);
    }
}
