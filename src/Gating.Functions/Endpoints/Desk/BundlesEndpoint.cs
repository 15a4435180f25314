using Gating.Access;
using Gating.Evidence;
using Gating.Functions.Http;
using Gating.Mandates;
using Gating.Registry;
using Gating.Tracing;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/trace/bundles</c>: the answer to a question, asked as at <c>/v1/trace/entries</c> but for <c>limit</c> and <c>cursor</c>, as a bundle of evidence (ZIP). Made while it is sent: one that was cut off has no manifest, and its
/// connection is closed before the end.
/// </summary>
internal sealed class BundlesEndpoint(RoleCaller callers, TraceDesk desk, DeskHandles handles, BundleWriter writer, IRegistryStore registry)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.RegulatorAsync(context, strong: false) is not { } regulator)
        {
            return;
        }

        var query = TraceQuery.Read(context.Request.Query, regulator.Who, handles);
        if (query.Problem is not null || context.Request.Query.ContainsKey("cursor") || context.Request.Query.ContainsKey("limit"))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "question_malformed", query.Problem ?? "A bundle holds all of an answer: it has no limit and no cursor.");
            return;
        }

        var outcome = await desk.ExportAsync(regulator, query.Mandate, query.Filter, context.RequestAborted);
        if (outcome is not TraceOutcome.Export export)
        {
            await MandateAnswers.RefuseAsync(context, ((TraceOutcome.Refused)outcome).Reason);
            return;
        }

        var (version, rows) = await registry.ReadAsync(context.RequestAborted);
        var request = new BundleRequest(QuestionOf(context, export), new(version, rows)) { Answer = export.Answer, Whole = export.Whole, Hours = export.Hours.ToAsyncEnumerable() };
        context.Response.ContentType = "application/zip";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = $"attachment; filename=evidence-{Mandate.Text(export.Mandate.Id)}-q{export.Question.ToString(System.Globalization.CultureInfo.InvariantCulture)}.zip";
        if (await writer.WriteAsync(request, context.Response.Body, context.RequestAborted) is BundleOutcome.NothingSealed)
        {
            context.Response.ContentType = null;
            context.Response.Headers.ContentDisposition = default;
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "log_empty", "No checkpoint of the log is published yet: try again.");
        }
    }

    /// <summary>What was asked, by which mandate, and where that it was asked is recorded; handles as the regulator knows them.</summary>
    private static byte[] QuestionOf(HttpContext context, TraceOutcome.Export export) => JsonBytes.OfObject((context.Request.Query, export), static (json, state) =>
    {
        json.WriteString("question"u8, DeskNumber.Text('q', state.export.Question));
        json.WriteString("mandate"u8, Mandate.Text(state.export.Mandate.Id));
        json.WriteString("case_number"u8, state.export.Mandate.Terms.CaseNumber);
        json.WriteString("from"u8, state.export.Mandate.Terms.Scope.From);
        json.WriteString("to"u8, state.export.Mandate.Terms.Scope.To);
        json.WriteStartObject("asked"u8);
        foreach (var (name, value) in state.Query.Where(static one => one.Key is not "mandate").OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value.ToString());
        }

        json.WriteEndObject();
    });
}
