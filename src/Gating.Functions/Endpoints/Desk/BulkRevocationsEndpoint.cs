using System.Collections.Immutable;
using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Revocation;
using Gating.Revocation.Bulk;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/bulk-revocations</c>: an admin wants many people stopped, by a list or by what they were granted; <c>POST /v1/bulk-revocations/{id}/approve</c>, by another admin, and <c>/decline</c>; <c>GET /v1/bulk-revocations/{id}</c>: how far
/// it is; <c>GET /v1/bulk-revocations</c>: all of them, the youngest first.
/// </summary>
internal sealed class BulkRevocationsEndpoint(RoleCaller callers, BulkDesk desk, BulkPeople people)
{
    /// <summary>Lines of unknown people that are told at most; how many there are is told always.</summary>
    private const int MostLines = 100;

    public async Task PostAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var (request, errors) = BulkReader.Read(await BoundedBody.ReadAsync(context.Request, BulkReader.MaxSize, context.RequestAborted) ?? []);
        if (request is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "bulk_malformed", "The order is not one that can be carried out.", errors);
            return;
        }

        if (await people.FindAsync(request.Subjects, context.RequestAborted) is not { } found)
        {
            await RefuseAsync(context, BulkRefusal.TooMany);
            return;
        }

        await AnswerAsync(context, await desk.ProposeAsync(new(found.People, request.Reason, request.Text, request.SuspendUntil), admin.Who, context.RequestAborted), StatusCodes.Status201Created, found.Unknown);
    }

    public Task ApproveAsync(HttpContext context) => DecideAsync(context, desk.ApproveAsync, StatusCodes.Status202Accepted);

    public Task DeclineAsync(HttpContext context) => DecideAsync(context, desk.DeclineAsync, StatusCodes.Status200OK);

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        var found = RecordedBulk.TryParse((string)context.Request.RouteValues["id"]!, out var id) ? await desk.FindAsync(id, context.RequestAborted) : null;
        await AnswerAsync(context, found is var (bulk, progress) ? new BulkOutcome.Done(bulk, progress) : new BulkOutcome.Refused(BulkRefusal.Unknown), StatusCodes.Status200OK);
    }

    public async Task ListAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (!PageCursor.TryRead(context, 'b', out var before))
        {
            await PageCursor.RefuseAsync(context);
            return;
        }

        var page = await desk.ListAsync(before, BulkDesk.MostOrders, context.RequestAborted);
        await PageCursor.WriteAsync(
            context, "/v1/bulk-revocations", "bulk_revocations", page.Bulks, page.Next is { } id ? RecordedBulk.Text(id) : null, static (json, one) => Write(json, one.Bulk, one.Progress));
    }

    private async Task DecideAsync(HttpContext context, Func<long, Official, CancellationToken, Task<BulkOutcome>> decide, int status)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var outcome = RecordedBulk.TryParse((string)context.Request.RouteValues["id"]!, out var id) ? await decide(id, admin.Who, context.RequestAborted) : new BulkOutcome.Refused(BulkRefusal.Unknown);
        await AnswerAsync(context, outcome, status);
    }

    private static Task AnswerAsync(HttpContext context, BulkOutcome outcome, int status, ImmutableArray<long>? unknown = null)
    {
        if (outcome is not BulkOutcome.Done { Bulk: var bulk, Progress: var progress })
        {
            return RefuseAsync(context, ((BulkOutcome.Refused)outcome).Reason);
        }

        if (status is StatusCodes.Status201Created)
        {
            context.Response.Headers.Location = $"/v1/bulk-revocations/{RecordedBulk.Text(bulk.Id)}";
        }

        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (bulk, progress, unknown), static (json, state) =>
        {
            Write(json, state.bulk, state.progress);
            if (state.unknown is { } lines)
            {
                json.WriteStartObject("unknown"u8);
                json.WriteNumber("count"u8, lines.Length);
                json.WriteStartArray("lines"u8);
                foreach (var line in lines.Take(MostLines))
                {
                    json.WriteNumberValue(line);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        }, context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, RecordedBulk bulk, BulkProgress progress)
    {
        json.WriteString("bulk_revocation"u8, RecordedBulk.Text(bulk.Id));
        json.WriteString("standing"u8, progress.Standing switch
        {
            BulkStanding.Proposed => "proposed"u8,
            BulkStanding.Declined => "declined"u8,
            BulkStanding.Running => "running"u8,
            BulkStanding.Ended => "ended"u8,
        });
        json.WriteNumber("people"u8, bulk.Order.People.Length);
        json.WriteNumber("stopped"u8, progress.Stopped);
        json.WriteNumber("refused"u8, progress.Refused);
        json.WriteString("reason"u8, bulk.Order.Reason.Word());
        json.WriteString("text"u8, bulk.Order.Text);
        if (bulk.Order.Until is { } until)
        {
            json.WriteString("suspend_until"u8, until);
        }

        json.WriteString("at"u8, bulk.At);
        json.WriteOfficial("by", bulk.By);
    }

    private static Task RefuseAsync(HttpContext context, BulkRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            BulkRefusal.Unknown => (404, "bulk_unknown", "There is no such order."),
            BulkRefusal.SameHuman => (403, "second_human_needed", "Whoever proposed it does not approve it."),
            BulkRefusal.Decided => (409, "bulk_decided", "It was decided before, otherwise than now."),
            BulkRefusal.Nobody => (404, "person_unknown", "Of nobody who is named anything is recorded."),
            BulkRefusal.TooMany => (400, "bulk_too_many", $"More than {BulkOrder.MostPeople} people: make several orders."),
            BulkRefusal.Over => (400, "suspension_over", "The suspension would be over already."),
            BulkRefusal.Busy => (503, "busy", "The record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
