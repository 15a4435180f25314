using System.Collections.Immutable;
using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Mandates;
using Gating.Registry;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/mandates</c>: an admin proposes a regulator's mandate; <c>POST /v1/mandates/{id}/approve</c>, by another admin, <c>/decline</c>, <c>/withdraw</c>; <c>GET /v1/mandates/{id}</c>: as it stands, for admins and for the
/// regulator whom it is for.
/// </summary>
internal sealed class MandatesEndpoint(RoleCaller callers, MandateDesk desk, DeskHandles handles, TimeProvider time)
{
    public async Task ProposeAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var body = await BoundedBody.ReadAsync(context.Request, MandateReader.MaxSize, context.RequestAborted);
        var (terms, errors) = MandateReader.Read(body ?? [], time.GetUtcNow(), handles.OpenPerson);
        if (terms is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "mandate_malformed", "The proposal is not one that can be made.", errors);
            return;
        }

        await AnswerAsync(context, await desk.ProposeAsync(terms, admin.Who, context.RequestAborted), StatusCodes.Status201Created);
    }

    public Task ApproveAsync(HttpContext context) => DecideAsync(context, desk.ApproveAsync);

    public Task DeclineAsync(HttpContext context) => DecideAsync(context, desk.DeclineAsync);

    public Task WithdrawAsync(HttpContext context) => DecideAsync(context, desk.WithdrawAsync);

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.EitherAsync(context) is not { } holder)
        {
            return;
        }

        if (!Mandate.TryParse((string)context.Request.RouteValues["id"]!, out var id) || await desk.FindAsync(id, context.RequestAborted) is not { } mandate
            || (!holder.IsAdmin && !mandate.Terms.Regulator.IsSameHumanAs(holder.Who)))
        {
            await MandateAnswers.RefuseAsync(context, MandateRefusal.Unknown);
            return;
        }

        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (mandate, handles), static (json, state) => Write(json, state.mandate, state.handles), context.RequestAborted);
    }

    private async Task DecideAsync(HttpContext context, Func<long, Official, CancellationToken, Task<MandateOutcome>> decide)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var outcome = Mandate.TryParse((string)context.Request.RouteValues["id"]!, out var id)
            ? await decide(id, admin.Who, context.RequestAborted)
            : new MandateOutcome.Refused(MandateRefusal.Unknown);
        await AnswerAsync(context, outcome, StatusCodes.Status200OK);
    }

    private static Task AnswerAsync(HttpContext context, MandateOutcome outcome, int status)
    {
        if (outcome is not MandateOutcome.Done { Mandate: var id })
        {
            return MandateAnswers.RefuseAsync(context, ((MandateOutcome.Refused)outcome).Reason);
        }

        if (status is StatusCodes.Status201Created)
        {
            context.Response.Headers.Location = $"/v1/mandates/{Mandate.Text(id)}";
        }

        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, id, static (json, id) => json.WriteString("mandate"u8, Mandate.Text(id)), context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, Mandate mandate, DeskHandles handles)
    {
        var (terms, scope) = (mandate.Terms, mandate.Terms.Scope);
        json.WriteString("mandate"u8, Mandate.Text(mandate.Id));
        json.WriteString("standing"u8, mandate.Standing switch
        {
            MandateStanding.Proposed => "proposed"u8,
            MandateStanding.Approved => "approved"u8,
            MandateStanding.Declined => "declined"u8,
            MandateStanding.Withdrawn => "withdrawn"u8,
        });
        json.WriteOfficial("regulator", terms.Regulator);
        json.WriteString("purpose"u8, terms.Purpose);
        json.WriteString("legal_basis"u8, terms.LegalBasis);
        json.WriteString("case_number"u8, terms.CaseNumber);
        json.WriteStartObject("scope"u8);
        json.WriteAnyTexts("apps", scope.Apps);
        json.WriteAnyTexts("tools", scope.Tools);
        json.WriteAnyTexts("people", [.. scope.People.Select(person => handles.OfPerson(terms.Regulator, person))]);
        json.WriteString("from"u8, scope.From);
        json.WriteString("to"u8, scope.To);
        json.WriteStartArray("fields"u8);
        foreach (var (field, word) in new[]
        {
            (MandateFields.Prompts, "prompts"), (MandateFields.Labels, "labels"), (MandateFields.Bundles, "bundles"), (MandateFields.Identity, "identity"),
        })
        {
            if (scope.Allows(field))
            {
                json.WriteStringValue(word);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("expires"u8, terms.Expires);
    }
}
