using System.Text.Json;
using Gating.Access;
using Gating.Appeals;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints.Desk;

/// <summary><c>GET /v1/appeal-cases</c>: who appeals, the youngest first; <c>GET /v1/appeal-cases/{id}</c>: one of them; <c>POST /v1/appeal-cases/{id}/decide</c>: an admin who ordered none of what stands on the person answers it.</summary>
internal sealed class AppealCasesEndpoint(RoleCaller callers, AppealDesk desk, DeskHandles people, TimeProvider time)
{
    public async Task ListAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (!PageCursor.TryRead(context, 'a', out var before))
        {
            await PageCursor.RefuseAsync(context);
            return;
        }

        var page = await desk.ListAsync(before, AppealDesk.MostCases, context.RequestAborted);
        await PageCursor.WriteAsync(context, "/v1/appeal-cases", "appeal_cases", page.Cases, page.Next is { } id ? AppealCase.Text(id) : null, Write);
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        await (AppealCase.TryParse((string)context.Request.RouteValues["id"]!, out var id) && await desk.FindAsync(id, context.RequestAborted) is { } one
            ? WriteAsync(context, one)
            : AppealAnswers.RefuseAsync(context, AppealRefusal.Unknown));
    }

    public async Task DecideAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var (answer, errors) = AppealReader.ReadAnswer(await BoundedBody.ReadAsync(context.Request, AppealReader.MaxSize, context.RequestAborted) ?? []);
        if (answer is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "decision_malformed", "The decision cannot be recorded.", errors);
            return;
        }

        var outcome = AppealCase.TryParse((string)context.Request.RouteValues["id"]!, out var id) ? await desk.DecideAsync(id, answer, admin.Who, context.RequestAborted) : new AppealOutcome.Refused(AppealRefusal.Unknown);
        await (outcome is AppealOutcome.Decided decided ? WriteAsync(context, decided.Case) : AppealAnswers.RefuseAsync(context, ((AppealOutcome.Refused)outcome).Reason));
    }

    private Task WriteAsync(HttpContext context, AppealCase one) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (endpoint: this, one), static (json, state) => state.endpoint.Write(json, state.one), context.RequestAborted);

    private void Write(Utf8JsonWriter json, AppealCase one)
    {
        json.WriteString("appeal_case"u8, AppealCase.Text(one.Id));
        json.WriteString("app"u8, one.Standing.Appeal.App);
        json.WriteString("person"u8, people.OfPerson(one.Standing.Appeal.Person));
        AppealAnswers.Write(json, one.Standing, time.GetUtcNow());
    }
}
