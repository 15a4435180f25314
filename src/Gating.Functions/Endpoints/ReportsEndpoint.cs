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
        var status = refusal switch
        {
            ReportRefusal.NotFound => 404,
            ReportRefusal.Closed => 410,
            ReportRefusal.TooManyUnits => 422,
            ReportRefusal.Differs => 409,
            ReportRefusal.Busy => 503,
        };
        var (reason, detail) = refusal.Said();
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
