using Gating.Appeals;
using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Http;
using Gating.Grants;

namespace Gating.Functions.Endpoints;

/// <summary><c>POST /v1/appeals</c>: an app files an appeal for a person who was refused or stopped, with their identity token; <c>GET /v1/appeals/{id}</c>: how it stands, and until when it is answered.</summary>
internal sealed class AppealsEndpoint(AppCaller callers, PresentedPerson people, AppealDesk desk, RecordedAppeals appeals, AppHandles handles, TimeProvider time)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.ReadJsonAsync(context, AppealReader.MaxSize) is not var (app, body))
        {
            return;
        }

        var (request, errors) = AppealReader.Read(body);
        if (request is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "appeal_malformed", "The appeal cannot be filed.", errors);
        }
        else if (await people.IdentifyAsync(context, app, request.SubjectToken) is { } person)
        {
            await (await desk.FileAsync(app.Id, person, request.Text, context.RequestAborted) switch
            {
                AppealOutcome.Filed filed => WriteAsync(context, app.Id, filed.Standing, filed.IsRepeated ? StatusCodes.Status200OK : StatusCodes.Status201Created),
                var refused => AppealAnswers.RefuseAsync(context, ((AppealOutcome.Refused)refused).Reason),
            });
        }
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        await (await appeals.FindAsync(app.Id, (string)context.Request.RouteValues["id"]!, context.RequestAborted) is { } standing
            ? WriteAsync(context, app.Id, standing, StatusCodes.Status200OK)
            : AppealAnswers.RefuseAsync(context, AppealRefusal.Unknown));
    }

    private Task WriteAsync(HttpContext context, string app, AppealStanding standing, int status)
    {
        var id = handles.OfAppeal(app, standing.Appeal.Person, standing.Appeal.Seq);
        if (status is StatusCodes.Status201Created)
        {
            context.Response.Headers.Location = $"/v1/appeals/{id}";
        }

        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (id, standing, now: time.GetUtcNow()), static (json, told) =>
        {
            json.WriteString("appeal"u8, told.id);
            AppealAnswers.Write(json, told.standing, told.now);
        }, context.RequestAborted);
    }
}
