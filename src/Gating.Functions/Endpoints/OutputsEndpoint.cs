using Gating.Archive;
using Gating.Functions.Http;
using Gating.Generations;
using Gating.Grants;
using Microsoft.Net.Http.Headers;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>PUT /v1/generations/{id}/outputs/{n}</c>: a file in, labelled and kept. <c>GET /v1/outputs/{contentId}</c>: the labelled file, for the app that made it.
/// </summary>
internal sealed class OutputsEndpoint(AppCaller callers, AppHandles handles, OutputArchiver archiver, RecordedOutputs outputs, IArchiveStore archive)
{
    public async Task PutAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        var (awaited, refused) = OutputAddress.Read(context, handles, app.Id) is { } address
            ? await archiver.AwaitAsync(app.Id, address.Person, address.GenerationSeq, address.Number, context.RequestAborted)
            : (null, new(ArchiveRefusal.NotFound));
        if (awaited is null)
        {
            await OutputAnswers.RefusedAsync(context, refused!);
            return;
        }

        var most = awaited.Labelling.MaxBytes;
        await using var source = await TemporaryFile.OfBodyAsync(context.Request, most, context.RequestAborted);
        if (ArchiveOutcome.Refused.ForLength(source?.Length ?? (most + 1), awaited.Labelling) is { } length)
        {
            await OutputAnswers.RefusedAsync(context, length);
            return;
        }

        var declares = string.Equals(context.Request.Headers["Explicit-Label"], "declared", StringComparison.Ordinal);
        var outcome = await archiver.ArchiveAsync(awaited, source!, TemporaryFile.Create, declares, context.RequestAborted);
        await outcome.Match(archived => OutputAnswers.ArchivedAsync(context, archived), no => OutputAnswers.RefusedAsync(context, no));
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        if (!ContentId.TryParse((string)context.Request.RouteValues["contentId"]!, out var content)
            || await outputs.FindStandingAsync(content, context.RequestAborted) is not var (output, isRemoved)
            || !string.Equals(output.App, app.Id, StringComparison.Ordinal))
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "output_unknown", "This app has no such output.");
            return;
        }

        if (isRemoved)
        {
            await Problem.WriteAsync(context, StatusCodes.Status410Gone, "output_removed", "The time for which it was kept is over; its record stands.");
            return;
        }

        await SendAsync(context, output.File);
    }

    private async Task SendAsync(HttpContext context, ArchivedFile file)
    {
        var (request, headers) = (context.Request.GetTypedHeaders(), context.Response.GetTypedHeaders());
        var tag = new EntityTagHeaderValue($"\"{file.OutputSha256}\"");
        headers.ETag = tag;
        headers.CacheControl = new() { Private = true, MaxAge = TimeSpan.FromDays(1) };
        if (request.IfNoneMatch.Any(wanted => wanted.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.Headers.AcceptRanges = "bytes";
        context.Response.ContentType = file.MediaType;
        headers.ContentDisposition = new("attachment") { FileName = file.Content.Text };
        if (Part(request, tag, file.Length) is not var (offset, length))
        {
            headers.ContentRange = new(file.Length);
            await Problem.WriteAsync(context, StatusCodes.Status416RangeNotSatisfiable, "range_not_satisfiable", $"The file has {file.Length} bytes.");
            return;
        }

        await using var content = await archive.OpenAsync(file.Content, offset, length, context.RequestAborted)
            ?? throw new StorageUnavailableException("A file that the record names is not there.");
        if (length < file.Length)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = new(offset, offset + length - 1, file.Length);
        }

        context.Response.ContentLength = length;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>The one range that was asked for (RFC 9110 14), all of the file where none or several were; null where it is not satisfiable.</summary>
    private static (long Offset, long Length)? Part(Microsoft.AspNetCore.Http.Headers.RequestHeaders request, EntityTagHeaderValue tag, long length)
    {
        // A unit that is not known here is passed over (RFC 9110, 14.2).
        if (request.Range is not { Ranges: { Count: 1 } ranges } || !request.Range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || (request.IfRange?.EntityTag is { } wanted && !wanted.Compare(tag, useStrongComparison: true)))
        {
            return (0, length);
        }

        var range = ranges.Single();
        var from = range.From ?? Math.Max(0, length - range.To!.Value);
        var to = range.From is null ? length - 1 : Math.Min(range.To ?? length - 1, length - 1);
        return from < length && from <= to ? (from, to - from + 1) : null;
    }
}
