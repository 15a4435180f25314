using System.Text.Json;
using Gating.Functions.Http;
using Gating.Identify;
using Gating.Labels;
using Gating.Ledger;

namespace Gating.Functions.Endpoints;

/// <summary><c>POST /v1/identify</c>, open to anybody: a file, or <c>{"sha256": "…"}</c> as JSON; what its label and the record say of it, free of personal data.</summary>
internal sealed class IdentifyEndpoint(Identifier identifier)
{
    /// <summary>Of a file that anybody sends.</summary>
    public const long MostBytes = 100L * 1024 * 1024;

    private const int MostJson = 1024;

    public async Task PostAsync(HttpContext context)
    {
        if (context.Request.HasJsonContentType())
        {
            if (await DigestAsync(context) is { } sha256)
            {
                await AnswerAsync(context, await identifier.OfDigestAsync(sha256, context.RequestAborted));
                return;
            }

            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "digest_malformed", "Send {\"sha256\": 64 hexadecimal digits}, or the file itself under another content type.");
            return;
        }

        await using var file = await TemporaryFile.OfBodyAsync(context.Request, MostBytes, context.RequestAborted);
        if (file is not { Length: > 0 })
        {
            var (status, reason) = file is null ? (StatusCodes.Status413PayloadTooLarge, "file_too_large") : (StatusCodes.Status400BadRequest, "file_empty");
            await Problem.WriteAsync(context, status, reason, $"Send a file of 1 to {MostBytes} bytes, or its digest as JSON.");
            return;
        }

        await AnswerAsync(context, await identifier.OfFileAsync(file, context.RequestAborted));
    }

    private static async Task<EntryHash?> DigestAsync(HttpContext context)
    {
        var body = await BoundedBody.ReadAsync(context.Request, MostJson, context.RequestAborted);
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("sha256", out var digest)
                && digest.ValueKind is JsonValueKind.String && digest.GetString() is { Length: 2 * EntryHash.Size } hex && hex.All(char.IsAsciiHexDigit)
                ? EntryHash.FromBytes(Convert.FromHexString(hex))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task AnswerAsync(HttpContext context, Identification identification) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, identification, static (json, said) =>
        {
            json.WriteString("state"u8, Word(said.State));
            json.WriteString("record"u8, Word(said.Match));
            if (said.Content is { } content)
            {
                json.WriteString("content_id"u8, content.Text);
            }

            if (said.Distance is { } distance)
            {
                json.WriteNumber("distance"u8, distance);
            }

            if (said.NotRead is not null)
            {
                json.WriteString("not_read"u8, said.NotRead);
            }

            if (said.Report is not null)
            {
                Write(json, said.Report);
            }
        }, context.RequestAborted);

    private static void Write(Utf8JsonWriter json, LabelReport report)
    {
        json.WriteString("media_type"u8, report.MediaType);
        json.WriteStartArray("labels"u8);
        foreach (var found in report.Labels)
        {
            json.WriteStartObject();
            json.WriteString("place"u8, found.Place);
            json.WriteStartObject("members"u8);
            foreach (var (name, value) in found.Content.Members)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteTexts("breaks", found.Content.Defects.Select(static defect => Snake(defect.ToString())));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteTexts("breaks", report.Breaches.Select(static breach => Snake(breach.ToString())));
        if (report.DigitalSourceType is not null)
        {
            json.WriteString("digital_source_type"u8, report.DigitalSourceType);
        }

        json.WriteBoolean("c2pa"u8, report.HasC2pa);
    }

    private static string Word(LabelVerdict state) => state switch
    {
        LabelVerdict.None => "none",
        LabelVerdict.Confirmed => "confirmed",
        LabelVerdict.Possible => "possible",
        LabelVerdict.Suspected => "suspected",
    };

    internal static string Word(RecordMatch match) => match switch
    {
        RecordMatch.None => "none",
        RecordMatch.Identical => "identical",
        RecordMatch.Original => "original",
        RecordMatch.ContentDiffers => "content_differs",
        RecordMatch.NotRecorded => "not_recorded",
        RecordMatch.Similar => "similar",
    };

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
