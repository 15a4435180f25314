using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Identity.Jose;
using Gating.Mandates;
using Gating.Unmasking;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/unmask</c>: a regulator asks who a person is; <c>GET /v1/unmask/{id}</c>, <c>POST /v1/unmask/{id}/approve</c> and <c>/decline</c>: an admin looks and decides; <c>POST /v1/unmask/{id}/tell</c>: the regulator is told, once.
/// </summary>
internal sealed class UnmaskEndpoint(RoleCaller callers, UnmaskDesk desk, DeskHandles handles)
{
    private const int MaxBody = 4096;

    public async Task RequestAsync(HttpContext context)
    {
        if (await callers.RegulatorAsync(context, strong: true) is not { } regulator)
        {
            return;
        }

        if (Read(await BoundedBody.ReadAsync(context.Request, MaxBody, context.RequestAborted) ?? []) is not var (mandate, handle, reason) || handles.OpenPerson(regulator.Who, handle) is not { } person)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "unmask_malformed",
                $"Send one JSON object of mandate (such as m12), person (a handle that an answer gave to you) and reason (1 to {UnmaskRequest.MaxReason} characters).");
            return;
        }

        await AnswerAsync(context, await desk.RequestAsync(mandate, regulator.Who, person, reason, context.RequestAborted), StatusCodes.Status202Accepted);
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (!TryParse(context, out var id) || await desk.FindAsync(id, context.RequestAborted) is not { } request)
        {
            await RefuseAsync(context, UnmaskRefusal.Unknown);
            return;
        }

        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (request, handles), static (json, state) =>
        {
            var (request, handles) = state;
            json.WriteString("request"u8, Text(request.Id));
            json.WriteString("mandate"u8, Mandate.Text(request.Mandate));
            json.WriteStartObject("regulator"u8);
            json.WriteString("issuer"u8, request.Regulator.Issuer);
            json.WriteString("subject"u8, request.Regulator.Subject);
            json.WriteEndObject();
            json.WriteString("person"u8, handles.OfPerson(request.Regulator, request.Person));
            json.WriteString("reason"u8, request.Reason);
        }, context.RequestAborted);
    }

    public Task ApproveAsync(HttpContext context) => DecideAsync(context, desk.ApproveAsync);

    public Task DeclineAsync(HttpContext context) => DecideAsync(context, desk.DeclineAsync);

    public async Task TellAsync(HttpContext context)
    {
        if (await callers.RegulatorAsync(context, strong: true) is not { } regulator)
        {
            return;
        }

        var outcome = TryParse(context, out var id) ? await desk.TellAsync(id, regulator.Who, context.RequestAborted) : new UnmaskOutcome.Refused(UnmaskRefusal.Unknown);
        if (outcome is not UnmaskOutcome.Told told)
        {
            await AnswerAsync(context, outcome, StatusCodes.Status200OK);
            return;
        }

        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (told, person: handles.OfPerson(regulator.Who, told.Person)), static (json, state) =>
        {
            json.WriteString("request"u8, Text(state.told.Request));
            json.WriteString("person"u8, state.person);
            json.WriteStartArray("identities"u8);
            foreach (var identity in state.told.Identities)
            {
                json.WriteRawValue(identity.Span, skipInputValidation: true);
            }

            json.WriteEndArray();
        }, context.RequestAborted);
    }

    private async Task DecideAsync(HttpContext context, Func<long, Official, CancellationToken, Task<UnmaskOutcome>> decide)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var outcome = TryParse(context, out var id) ? await decide(id, admin.Who, context.RequestAborted) : new UnmaskOutcome.Refused(UnmaskRefusal.Unknown);
        await AnswerAsync(context, outcome, StatusCodes.Status200OK);
    }

    private static Task AnswerAsync(HttpContext context, UnmaskOutcome outcome, int status) => outcome switch
    {
        UnmaskOutcome.Done { Request: var id } => JsonAnswer.WriteAsync(
            context.Response, status, MediaTypes.Json, id, static (json, id) => json.WriteString("request"u8, Text(id)), context.RequestAborted),
        UnmaskOutcome.OffMandate off => MandateAnswers.RefuseAsync(context, off.Reason),
        UnmaskOutcome.Refused refused => RefuseAsync(context, refused.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Task RefuseAsync(HttpContext context, UnmaskRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            UnmaskRefusal.Unknown => (404, "request_unknown", "There is no such request."),
            UnmaskRefusal.SameHuman => (403, "second_human_needed", "Whoever asked does not approve it."),
            UnmaskRefusal.Decided => (409, "request_decided", "It was decided before, otherwise than now."),
            UnmaskRefusal.NotApproved => (403, "request_not_approved", "Nobody has approved it, or it was declined."),
            UnmaskRefusal.Told => (410, "request_told", "It was told before: an answer is shown once. Ask anew."),
            UnmaskRefusal.PersonUnknown => (404, "person_unknown", "Nothing is recorded of that person."),
            UnmaskRefusal.Erased => (410, "person_erased", "What named the person was erased."),
            UnmaskRefusal.Busy => (503, "busy", "The record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }

    private static (long Mandate, string Person, string Reason)? Read(byte[] body)
    {
        if (!StrictJson.TryParseObject(body, maxDepth: 2, out var document))
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            return root.EnumerateObject().Count() == 3 && Mandate.TryParse(TextOf(root, "mandate"), out var mandate) && TextOf(root, "person") is { } person
                && TextOf(root, "reason") is { Length: >= 1 and <= UnmaskRequest.MaxReason } reason && !string.IsNullOrWhiteSpace(reason) && !reason.Any(char.IsControl)
                ? (mandate, person, reason)
                : null;
        }
    }

    private static string? TextOf(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static string Text(long id) => DeskNumber.Text('u', id);

    private static bool TryParse(HttpContext context, out long id) => DeskNumber.TryParse((string)context.Request.RouteValues["id"]!, 'u', out id);
}
