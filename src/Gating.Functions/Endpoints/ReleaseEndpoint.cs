using Gating.Archive;
using Gating.Functions.Http;
using Gating.Generations;
using Gating.Registry;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>POST /v1/outputs/{contentId}/release-unlabelled</c>: a form (multipart) of a part <c>statement</c>, JSON, and a part <c>file</c>, the original, in this order; the answer is the file with
/// its implicit label alone.
/// </summary>
internal sealed class ReleaseEndpoint(AppCaller callers, UnlabelledRelease release)
{
    private const int MaxBoundary = 100;

    public async Task PostAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        var (archived, labelling, refusal) = ContentId.TryParse((string)context.Request.RouteValues["contentId"]!, out var content)
            ? await release.AwaitAsync(app.Id, content, context.RequestAborted)
            : (null, null, ReleaseRefusal.NotFound);
        if (refusal is { } early)
        {
            await RefuseAsync(context, early);
            return;
        }

        var (statement, source) = await ReadAsync(context, labelling!.MaxBytes);
        await using (source)
        {
            if (statement is null || source is null)
            {
                await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "release_malformed", "Send multipart/form-data: first statement (JSON of agreement, reason and recipient), then file, the original as it was handed in.");
                return;
            }

            await using var output = TemporaryFile.Create();
            if (await release.ReleaseAsync(archived!, labelling, statement, source, output, context.RequestAborted) is { } reason)
            {
                await RefuseAsync(context, reason);
                return;
            }

            context.Response.ContentType = archived!.File.MediaType;
            context.Response.ContentLength = output.Length;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.ContentDisposition = $"attachment; filename={content.Text}";
            output.Position = 0;
            await output.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static async Task<(ReleaseStatement? Statement, FileStream? Source)> ReadAsync(HttpContext context, long most)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= MaxBoundary } boundary)
        {
            return (null, null);
        }

        TemporaryFile.LiftServerLimit(context);
        var parts = new MultipartReader(boundary.ToString(), context.Request.Body);
        try
        {
            if (await PartAsync(parts, "statement", context.RequestAborted) is not { } first
                || await BoundedBody.ReadAsync(first, ReleaseStatement.MaxSize, context.RequestAborted) is not { } json || ReleaseStatement.Parse(json, out _) is not { } statement
                || await PartAsync(parts, "file", context.RequestAborted) is not { } second)
            {
                return (null, null);
            }

            return (statement, await TemporaryFile.OfAsync(second, most, context.RequestAborted));
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    private static async Task<Stream?> PartAsync(MultipartReader parts, string name, CancellationToken cancellation) =>
        await parts.ReadNextSectionAsync(cancellation) is { } section && ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
            && string.Equals(HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), name, StringComparison.Ordinal)
            ? section.Body
            : null;

    private static Task RefuseAsync(HttpContext context, ReleaseRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            ReleaseRefusal.NotFound => (404, "output_unknown", "This app has no such output."),
            ReleaseRefusal.NotAllowed => (403, "release_not_allowed", "Releasing outputs without the label that people see is a permission of its own, of the app and of the tool."),
            ReleaseRefusal.OtherBytes => (409, "output_differs", "This is not the file that was handed in."),
            ReleaseRefusal.LabelRefused => (422, "label_refused", "The file cannot be labelled."),
            ReleaseRefusal.Differs => (409, "release_differs", "It was released before, on another statement."),
            ReleaseRefusal.Busy => (503, "busy", "The person's record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
