using Gating.Access;
using Gating.Functions.Http;
using Gating.Registry.Changes;

namespace Gating.Functions.Endpoints.Desk;

/// <summary><c>GET /v1/changes</c>: what admins changed and want to change, the youngest first; <c>GET /v1/changes/{id}</c>: one of them; <c>POST /v1/changes/{id}/approve</c>, by another admin, and <c>/decline</c>.</summary>
internal sealed class ChangesEndpoint(RoleCaller callers, ChangeDesk desk)
{
    public async Task ListAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (!PageCursor.TryRead(context, 'c', out var before))
        {
            await PageCursor.RefuseAsync(context);
            return;
        }

        await ChangeAnswers.WriteAsync(context, await desk.ListAsync(before, ChangeDesk.MostChanges, context.RequestAborted));
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        var found = RecordedChange.TryParse((string)context.Request.RouteValues["id"]!, out var id) ? await desk.FindAsync(id, context.RequestAborted) : null;
        await ChangeAnswers.WriteAsync(
            context, found is var (change, standing) ? new ChangeOutcome.Done(change, standing, null) : new ChangeOutcome.Refused(ChangeRefusal.Unknown), StatusCodes.Status200OK);
    }

    public Task ApproveAsync(HttpContext context) => DecideAsync(context, desk.ApproveAsync);

    public Task DeclineAsync(HttpContext context) => DecideAsync(context, desk.DeclineAsync);

    private async Task DecideAsync(HttpContext context, Func<long, Official, CancellationToken, Task<ChangeOutcome>> decide)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin)
        {
            return;
        }

        var outcome = RecordedChange.TryParse((string)context.Request.RouteValues["id"]!, out var id) ? await decide(id, admin.Who, context.RequestAborted) : new ChangeOutcome.Refused(ChangeRefusal.Unknown);
        await ChangeAnswers.WriteAsync(context, outcome, StatusCodes.Status200OK);
    }
}
