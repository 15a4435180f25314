using Gating.Functions.Http;
using Gating.Generations;
using Gating.Grants;

namespace Gating.Functions.Endpoints;

/// <summary><c>POST /v1/generations/{id}/report</c>: how a generation ended, once, by the app that began it.</summary>
internal sealed class ReportsEndpoint(AppCaller callers, AppHandles handles, GenerationReporter reporter)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        var body = context.Request.HasJsonContentType() ? await BoundedBody.ReadAsync(context.Request, GenerationReport.MaxSize, context.RequestAborted) : null;
        var problem = $"Send application/json of at most {GenerationReport.MaxSize} bytes.";
        if (body is null || GenerationReport.Parse(body, out problem) is not { } report)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "report_malformed", problem);
            return;
        }

        var refusal = handles.TryOpenGeneration(app.Id, (string)context.Request.RouteValues["id"]!, out var generation)
            ? await reporter.ReportAsync(app.Id, generation.Person, generation.Seq, report, context.RequestAborted)
            : ReportRefusal.NotFound;
        if (refusal is { } reason)
        {
            await RefuseAsync(context, reason);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task RefuseAsync(HttpContext context, ReportRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            ReportRefusal.NotFound => (404, "generation_unknown", "This app has no such generation."),
            ReportRefusal.Closed => (410, "generation_closed", "Reports are taken for 24 hours after the generation began."),
            ReportRefusal.TooManyUnits => (422, "too_many_units", "More units than were charged."),
            ReportRefusal.Differs => (409, "report_differs", "Something else was reported before."),
            ReportRefusal.Busy => (503, "busy", "The person's record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
