using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gating.Benchmarks.Ratios;

/// <summary>The result: calibration and rows, as Markdown or as JSON.</summary>
internal sealed record Table(IReadOnlyList<Reading> Calibration, double Load, IReadOnlyList<Row> Rows)
{
    /// <summary>False: nothing that rests on time is believed.</summary>
    public bool IsSteady => Calibration.All(static reading => reading.Value.Relative <= Ratios.Calibration.MostSpread);

    public string ToMarkdown()
    {
        var text = new StringBuilder()
            .AppendLine("| calibration | median | range over the rounds |").AppendLine("|---|---|---|");
        foreach (var (what, unit, value) in Calibration)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {Row.Number(value.Median)} {unit} | {value.Relative:P0} |");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"| load average | {Row.Number(Load)} | |").AppendLine();
        if (!IsSteady)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"The calibration ranges over more than {Ratios.Calibration.MostSpread:P0}: what rests on time is inconclusive.").AppendLine();
        }

        text.AppendLine("| what | goal | measured | verdict | made of |").AppendLine("|---|---|---|---|---|");
        foreach (var row in Rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.What} | {row.Goal} | {Row.Number(row.Measured)}{row.Unit} | {row.Verdict(IsSteady)} | {row.Note} |");
        }

        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(this, TableJson.Default.Table);
}

/// <summary>One calibration over all rounds.</summary>
internal sealed record Reading(string What, string Unit, Spread Value);

[JsonSourceGenerationOptions(WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Table))]
internal sealed partial class TableJson : JsonSerializerContext;
