using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gating.Labels;
using Gating.Labels.Explicit;

namespace Gating.Cli.Output;

/// <summary>JSON for machines: an array with an object for each file.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, IReadOnlyList<FileLabels> files)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartArray();
            foreach (var file in files)
            {
                Write(json, file);
            }

            json.WriteEndArray();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, FileLabels file)
    {
        json.WriteStartObject();
        json.WriteString("file", file.File);
        WriteExplicit(json, file.Explicit);
        if (file.Report is not { } report)
        {
            json.WriteString("refusal", file.Refusal);
            json.WriteEndObject();
            return;
        }

        json.WriteString("format", report.Format);
        json.WriteString("mediaType", report.MediaType);
        json.WriteString("verdict", Camel(report.Verdict));
        json.WriteBoolean("isRight", file.IsRight);
        json.WriteString("digitalSourceType", report.DigitalSourceType);
        json.WriteBoolean("hasC2pa", report.HasC2pa);
        WriteWords(json, "breaches", report.Breaches.Select(static breach => Camel(breach)));
        WriteWords(json, "notes", report.Notes);
        json.WriteStartArray("labels");
        foreach (var found in report.Labels)
        {
            json.WriteStartObject();
            json.WriteString("place", found.Place);
            json.WriteNumber("offset", found.Offset);
            json.WriteBoolean("isUsualPlace", found.IsUsualPlace);
            json.WriteString("text", found.Content.Text);
            WriteWords(json, "defects", found.Content.Defects.Select(static defect => Camel(defect)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteExplicit(Utf8JsonWriter json, ExplicitFinding? finding)
    {
        json.WriteStartObject("explicit");
        json.WriteString("state", finding switch
        {
            ExplicitFinding.Found => "found",
            ExplicitFinding.Absent => "absent",
            _ => "undetermined",
        });
        if (finding is ExplicitFinding.Found found)
        {
            json.WriteString("place", found.Place);
            json.WriteString("text", found.Text);
        }

        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IEnumerable<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    private static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
