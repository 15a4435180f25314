using System.Globalization;
using System.Text;
using System.Text.Json;
using Gating.Evidence;
using Spectre.Console;

namespace Gating.Cli.Output;

/// <summary>What became of a bundle's claims, for people and for machines.</summary>
internal static class ClaimsOutput
{
    public static void WriteTable(IAnsiConsole console, string file, BundleReport report)
    {
        if (report is not BundleReport.Judged judged)
        {
            var refused = (BundleReport.Refused)report;
            console.WriteLine($"{file}: refused ({refused.Reason}): {Plain(refused.Detail)}.");
            return;
        }

        var table = new Table().AddColumns("claim", "verdict", "what was found");
        foreach (var claim in judged.Claims)
        {
            table.AddRow(claim.Name, Word(claim.Verdict), Plain(claim.Failures.Length > 1 ? string.Join("; ", claim.Failures.Skip(1).Prepend(claim.Says)) : claim.Says).EscapeMarkup());
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {judged.Entries} entries{(Time(judged) is { } made ? $", made {made}" : string.Empty)}: {Word(judged.Verdict)}."));
    }

    public static void WriteJson(TextWriter output, BundleReport report)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            switch (report)
            {
                case BundleReport.Refused refused:
                    json.WriteString("verdict"u8, "refused"u8);
                    json.WriteString("reason"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(refused.Reason.ToString()));
                    json.WriteString("detail"u8, refused.Detail);
                    break;
                case BundleReport.Judged judged:
                    Write(json, judged);
                    break;
            }

            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, BundleReport.Judged judged)
    {
        json.WriteString("verdict"u8, Word(judged.Verdict).Replace(' ', '_'));
        json.WriteNumber("entries"u8, judged.Entries);
        json.WriteString("made"u8, Time(judged));
        json.WriteStartArray("claims"u8);
        foreach (var claim in judged.Claims)
        {
            json.WriteStartObject();
            json.WriteString("claim"u8, claim.Name);
            json.WriteString("verdict"u8, Word(claim.Verdict).Replace(' ', '_'));
            json.WriteString("says"u8, claim.Says);
            json.WriteStartArray("failures"u8);
            foreach (var failure in claim.Failures)
            {
                json.WriteStringValue(failure);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.Fails => "fails",
        Verdict.NotChecked => "not checked",
    };

    private static string? Time(BundleReport.Judged judged) => judged.Made?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Names of keys are the bundle's text, and this is a person's terminal.
    private static string Plain(string text) => new([.. text.Where(static c => !char.IsControl(c))]);
}
