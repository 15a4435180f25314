using System.Text.Json;
using Gating.Access;
using Gating.Erasure;
using Gating.Functions.Http;
using Gating.Identity.Jose;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/people/{id}:erase</c>: an admin has what is known of a person erased, once retention is over; <c>{id}</c> is the handle under which answers name the person to admins. The same request again goes on where the first
/// one broke off.
/// </summary>
internal sealed class ErasureEndpoint(RoleCaller callers, PersonErasure erasure, DeskHandles handles)
{
    private const int MaxBody = 4096;

    public async Task EraseAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        if (Read(await BoundedBody.ReadAsync(context.Request, MaxBody, context.RequestAborted) ?? []) is not { } reason)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "erasure_malformed", $"Send one JSON object of reason (1 to {PersonErasure.MaxReason} characters).");
            return;
        }

        var outcome = handles.OpenPerson((string)context.Request.RouteValues["id"]!) is { } person
            ? await erasure.EraseAsync(person, admin.Who, reason, context.RequestAborted)
            : new ErasureOutcome.Refused(ErasureRefusal.PersonUnknown);
        await (outcome switch
        {
            ErasureOutcome.Done done => JsonAnswer.WriteAsync(
                context.Response, StatusCodes.Status200OK, MediaTypes.Json, done, static (json, done) => json.WriteBoolean("marker"u8, done.IsMarked), context.RequestAborted),
            ErasureOutcome.Refused refused => RefuseAsync(context, refused.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private static Task RefuseAsync(HttpContext context, ErasureRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            ErasureRefusal.PersonUnknown => (404, "person_unknown", "Nothing is recorded of that person, or the handle is none of the admins'."),
            ErasureRefusal.TooEarly => (409, "retention_running", $"The person's last entry is younger than {ErasureRules.Kept.TotalDays:0} days."),
            ErasureRefusal.FilesKept => (409, "files_kept", "Files of the person's are still kept: they go first, when their tools' time is over."),
            ErasureRefusal.Held => (409, "hold_standing", "A legal hold stands."),
            ErasureRefusal.Suspended => (409, "person_suspended", "The person is suspended: that ends first, or is lifted."),
            ErasureRefusal.Changed => (409, "record_changed", "Something was recorded of the person meanwhile: ask again."),
            ErasureRefusal.Busy => (503, "busy", "The record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }

    private static string? Read(byte[] body)
    {
        if (!StrictJson.TryParseObject(body, maxDepth: 2, out var document))
        {
            return null;
        }

        using (document)
        {
            return document.RootElement.EnumerateObject().Count() == 1 && document.RootElement.TryGetProperty("reason", out var value) && value.ValueKind is JsonValueKind.String
                && value.GetString() is { Length: <= PersonErasure.MaxReason } reason && !string.IsNullOrWhiteSpace(reason) && !reason.Any(char.IsControl)
                ? reason
                : null;
        }
    }
}
