using System.Globalization;
using System.Text.Json;
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

        var status = archived.Replayed ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v1/outputs/{archived.Output.File.Content.Text}";
        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, archived.Output, static (json, output) =>
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
        }, context.RequestAborted);
    }

    public static Task RefusedAsync(HttpContext context, ArchiveOutcome.Refused refused)
    {
        var (status, reason, detail) = refused.Reason switch
        {
            ArchiveRefusal.NotFound => (404, "output_unknown", "This app has no such generation, or it no such output."),
            ArchiveRefusal.Closed => (410, "generation_closed", "Outputs are taken for 24 hours after the generation began."),
            ArchiveRefusal.NotOffered => (409, "outputs_not_offered", "The registry says nothing of this tool's outputs: an operator has to add its labelling."),
            ArchiveRefusal.OtherBytes => (409, "output_taken", "Other bytes were handed in as this output."),
            ArchiveRefusal.MediaTypeNotAllowed => (415, "media_type_not_allowed", "The tool may not produce this."),
            ArchiveRefusal.ExplicitLabelMissing => (422, "explicit_label_missing", "No label that people see or hear was found; where it cannot be seen here, declare it with Explicit-Label: declared."),
            ArchiveRefusal.ExplicitLabelRefused => (422, "explicit_label_refused", "The label that people see or hear cannot be put on this file here."),
            ArchiveRefusal.LabelRefused => (422, "label_refused", "The file cannot be labelled."),
            ArchiveRefusal.Busy => (503, "busy", "The person's record is in heavy use: try again."),
        };
        var said = refused.Detail is null ? detail : $"{detail} {(refused.Label is { } label ? $"({JsonNamingPolicy.SnakeCaseLower.ConvertName(label.ToString())}) " : string.Empty)}{refused.Detail}";
        return Problem.WriteAsync(context, status, reason, said);
    }
}
