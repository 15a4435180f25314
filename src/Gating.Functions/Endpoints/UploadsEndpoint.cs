using System.Globalization;
using System.Text.Json;
using Gating.Archive;
using Gating.Functions.Http;
using Gating.Grants;
using Gating.Identity.Jose;

namespace Gating.Functions.Endpoints;

/// <summary>
/// Files that are too large for a request. <c>POST …/outputs/{n}/upload</c>: where to put one. <c>POST …/outputs/{n}/uploaded</c>: it is there. <c>GET …/outputs/{n}</c>: what became of it.
/// </summary>
internal sealed class UploadsEndpoint(AppCaller callers, AppHandles handles, OutputArchiver archiver, OutputUploads uploads)
{
    /// <summary>When to ask again, in seconds.</summary>
    private const string RetrySeconds = "5";

    public async Task BeginAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        if (await ReadDeclarationAsync(context.Request) is not { } declaresExplicit)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "upload_malformed", $"Send nothing, or application/json of at most {OutputUploads.MaxSize} bytes: {{\"explicit_label\":\"declared\"}}.");
            return;
        }

        var (awaited, refused) = OutputAddress.Read(context, handles, app.Id) is { } output
            ? await archiver.AwaitAsync(app.Id, output.Person, output.GenerationSeq, output.Number, context.RequestAborted)
            : (null, new(ArchiveRefusal.NotFound));
        if (awaited is null)
        {
            await OutputAnswers.RefusedAsync(context, refused!);
        }
        else if (awaited.Settled is not null)
        {
            await AnswerStateAsync(context, app.Id);
        }
        else
        {
            await AnswerTermsAsync(context, await uploads.BeginAsync(awaited, declaresExplicit, context.RequestAborted));
        }
    }

    public async Task AnnounceAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        var body = context.Request.HasJsonContentType() ? await BoundedBody.ReadAsync(context.Request, OutputUploads.MaxSize, context.RequestAborted) : null;
        if (body is null || OutputUploads.ReadId(body) is not { } id)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "upload_malformed", $"Send application/json of at most {OutputUploads.MaxSize} bytes: {{\"upload\":\"…\"}}.");
            return;
        }

        var (awaited, refused) = OutputAddress.Read(context, handles, app.Id) is { } output
            ? await archiver.AwaitAsync(app.Id, output.Person, output.GenerationSeq, output.Number, context.RequestAborted, OutputUploads.Grace)
            : (null, new(ArchiveRefusal.NotFound));
        if (awaited is null)
        {
            await OutputAnswers.RefusedAsync(context, refused!);
        }
        else if (!handles.TryOpenUpload(app.Id, id, out var upload)
            || (upload.Person, upload.GenerationSeq, upload.Number) != (awaited.Generation.Person, awaited.Generation.Seq, awaited.Number))
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "upload_unknown", "No upload of this output has that id.");
        }
        else if (awaited.Settled is null && await uploads.AnnounceAsync(awaited, id, context.RequestAborted))
        {
            await AnswerAwaitedAsync(context);
        }
        else
        {
            await AnswerStateAsync(context, app.Id, isAnnounced: true);
        }
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is { } app)
        {
            await AnswerStateAsync(context, app.Id);
        }
    }

    private async Task AnswerStateAsync(HttpContext context, string app, bool isAnnounced = false)
    {
        var state = OutputAddress.Read(context, handles, app) is { } output
            ? await uploads.StateAsync(app, output.Person, output.GenerationSeq, output.Number, context.RequestAborted)
            : new OutputState.Refused(new(ArchiveRefusal.NotFound));
        await (state switch
        {
            OutputState.Recorded recorded => OutputAnswers.RecordedAsync(context, StatusCodes.Status200OK, recorded.Output),
            OutputState.Refused refused => OutputAnswers.RefusedAsync(context, refused.Why),
            OutputState.Awaited when isAnnounced => Problem.WriteAsync(context, StatusCodes.Status409Conflict, "upload_missing", "No file was put: put it first, then say so."),
            OutputState.Awaited => AnswerAwaitedAsync(context),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private static Task AnswerTermsAsync(HttpContext context, UploadTerms terms)
    {
        context.Response.Headers.Location = PathOf(context);
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status201Created, MediaTypes.Json, terms, static (json, terms) =>
        {
            json.WriteString("upload"u8, terms.Id);
            json.WriteString("method"u8, "PUT"u8);
            json.WriteString("upload_url"u8, terms.Url.AbsoluteUri);
            json.WriteStartObject("headers"u8);
            json.WriteString("x-ms-blob-type"u8, "BlockBlob"u8);
            json.WriteEndObject();
            json.WriteNumber("max_bytes"u8, terms.MaxBytes);
            json.WriteString("expires"u8, terms.Expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }, context.RequestAborted);
    }

    private static Task AnswerAwaitedAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetrySeconds;
        context.Response.Headers.Location = PathOf(context);
        return JsonAnswer.WriteAsync(
            context.Response, StatusCodes.Status202Accepted, MediaTypes.Json, 0, static (json, _) => json.WriteString("state"u8, "awaited"u8), context.RequestAborted);
    }

    // Ids and numbers that were read have only characters that stand in a path.
    private static string PathOf(HttpContext context) => $"/v1/generations/{context.Request.RouteValues["id"]}/outputs/{context.Request.RouteValues["n"]}";

    /// <summary>Null for a body that is none of those that are taken.</summary>
    private static async Task<bool?> ReadDeclarationAsync(HttpRequest request)
    {
        if (await BoundedBody.ReadAsync(request, OutputUploads.MaxSize, request.HttpContext.RequestAborted) is not { } body)
        {
            return null;
        }

        if (body.Length == 0)
        {
            return false;
        }

        if (!request.HasJsonContentType() || !StrictJson.TryParseObject(body, maxDepth: 1, out var document))
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            return root.EnumerateObject().Count() switch
            {
                0 => false,
                1 when root.TryGetProperty("explicit_label"u8, out var label) && label.ValueKind is JsonValueKind.String && label.ValueEquals("declared"u8) => true,
                _ => null,
            };
        }
    }
}
