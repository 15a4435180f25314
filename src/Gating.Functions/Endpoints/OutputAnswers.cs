using System.Globalization;
using Gating.Archive;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary>What is said of an output that was handed in, and why one is not taken.</summary>
internal static class OutputAnswers
{
    public static Task ArchivedAsync(HttpContext context, ArchiveOutcome.Archived archived)
    {
        if (archived.Replayed)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        return RecordedAsync(context, archived.Replayed ? StatusCodes.Status200OK : StatusCodes.Status201Created, archived.Output);
    }

    public static Task RecordedAsync(HttpContext context, int status, ArchivedOutput recorded)
    {
        context.Response.Headers.Location = $"/v1/outputs/{recorded.File.Content.Text}";
        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, recorded, static (json, output) =>
        {
            json.WriteString("content_id"u8, output.File.Content.Text);
            json.WriteString("media_type"u8, output.File.MediaType);
            json.WriteNumber("bytes"u8, output.File.Length);
            json.WriteString("source_sha256"u8, output.File.SourceSha256.ToString());
            json.WriteString("sha256"u8, output.File.OutputSha256.ToString());
            json.WritePropertyName("label"u8);
            json.WriteRawValue(output.Label);
            json.WriteString("retain_until"u8, output.File.RetainUntil.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("file"u8, $"/v1/outputs/{output.File.Content.Text}");
            json.WriteString("receipt"u8, ReceiptsEndpoint.PathOf(output.File.Content.Text));
        }, context.RequestAborted);
    }

    public static Task RefusedAsync(HttpContext context, ArchiveOutcome.Refused refused)
    {
        var status = refused.Reason switch
        {
            ArchiveRefusal.NotFound => StatusCodes.Status404NotFound,
            ArchiveRefusal.Closed => StatusCodes.Status410Gone,
            ArchiveRefusal.NotOffered => StatusCodes.Status409Conflict,
            ArchiveRefusal.OtherBytes => StatusCodes.Status409Conflict,
            ArchiveRefusal.MediaTypeNotAllowed => StatusCodes.Status415UnsupportedMediaType,
            ArchiveRefusal.ExplicitLabelMissing => StatusCodes.Status422UnprocessableEntity,
            ArchiveRefusal.ExplicitLabelRefused => StatusCodes.Status422UnprocessableEntity,
            ArchiveRefusal.LabelRefused => StatusCodes.Status422UnprocessableEntity,
            ArchiveRefusal.Busy => StatusCodes.Status503ServiceUnavailable,
            ArchiveRefusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
            ArchiveRefusal.Empty => StatusCodes.Status400BadRequest,
        };
        var sentence = refused.Reason.Sentence();
        return Problem.WriteAsync(context, status, refused.Reason.Word(), refused.Said() is { } said ? $"{sentence} {said}" : sentence);
    }
}
