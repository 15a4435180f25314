using System.Globalization;
using System.Text;
using System.Text.Json;
using Gating.Fsck;
using Spectre.Console;

namespace Gating.Cli.Output;

/// <summary>What a check found so far.</summary>
internal sealed record FsckReport(List<FsckFinding> Findings, long Things, long Bytes, TimeSpan Elapsed, FsckPhase Phase);

/// <summary>A check's findings, for people and for machines.</summary>
internal static class FsckOutput
{
    public static void WriteTable(IAnsiConsole console, FsckReport report, IStoreWalk walk)
    {
        var wrong = report.Findings.OfType<FsckFinding.Wrong>().ToList();
        if (wrong.Count > 0)
        {
            var table = new Table().AddColumns("where", "what", "expected", "found");
            foreach (var finding in wrong)
            {
                table.AddRow(walk.NameOf(finding.Thing).EscapeMarkup(), Word(finding.Fault), finding.Expected.EscapeMarkup(), finding.Found.EscapeMarkup());
            }

            console.Write(table);
        }

        foreach (var unjudged in report.Findings.OfType<FsckFinding.Unjudged>())
        {
            console.WriteLine($"Not judged{(unjudged.Thing is { } thing ? $": {walk.NameOf(thing)}" : string.Empty)}: {unjudged.Why}.");
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Things} things and {report.Bytes} bytes of files in {report.Elapsed.TotalSeconds:0.0} s ({report.Things / Math.Max(report.Elapsed.TotalSeconds, 0.001):0}/s): {(wrong.Count == 0 ? "nothing wrong" : $"{wrong.Count} wrong")}."));
    }

    public static void WriteJson(TextWriter output, FsckReport report, IStoreWalk walk)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("sound"u8, !report.Findings.OfType<FsckFinding.Wrong>().Any());
            json.WriteNumber("things"u8, report.Things);
            json.WriteNumber("bytes"u8, report.Bytes);
            json.WriteNumber("seconds"u8, Math.Round(report.Elapsed.TotalSeconds, 3));
            json.WriteStartArray("wrong"u8);
            foreach (var finding in report.Findings.OfType<FsckFinding.Wrong>())
            {
                json.WriteStartObject();
                json.WriteString("where"u8, walk.NameOf(finding.Thing));
                json.WriteString("what"u8, Word(finding.Fault));
                json.WriteString("expected"u8, finding.Expected);
                json.WriteString("found"u8, finding.Found);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("not_judged"u8);
            foreach (var finding in report.Findings.OfType<FsckFinding.Unjudged>())
            {
                json.WriteStartObject();
                json.WriteString("where"u8, finding.Thing is { } thing ? walk.NameOf(thing) : null);
                json.WriteString("why"u8, finding.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static string Word(FsckFault fault) => fault switch
    {
        FsckFault.Missing => "missing",
        FsckFault.Unreadable => "unreadable",
        FsckFault.Differs => "differs",
        FsckFault.Stray => "stray",
        FsckFault.Frozen => "frozen",
    };
}
