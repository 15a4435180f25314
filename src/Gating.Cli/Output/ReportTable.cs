using System.Globalization;
using Gating.Labels;
using Gating.Labels.Explicit;
using Spectre.Console;

namespace Gating.Cli.Output;

/// <summary>Tables for people.</summary>
internal static class ReportTable
{
    public static void WriteOne(IAnsiConsole console, FileLabels file)
    {
        if (file.Report is not { } report)
        {
            console.WriteLine($"{file.File}: {file.Refusal ?? "a format with room for the label that people see alone."}");
            WriteExplicit(console, file.Explicit);
            return;
        }

        console.WriteLine($"{file.File}: {report.Format} ({report.MediaType}), {Word(report.Verdict)}");
        var table = new Table().AddColumns("place", "label", "producer", "number", "propagator", "breaks");
        foreach (var found in report.Labels)
        {
            table.AddRow(
                Escape(found.Place), Escape(KindOf(found.Content)), Escape(found.Content.Label?.ContentProducer ?? "?"), Escape(found.Content.Label?.ProduceId ?? "?"),
                Escape(found.Content.Label?.ContentPropagator ?? "?"), Escape(string.Join(", ", found.Content.Defects)));
        }

        if (report.Labels.Length > 0)
        {
            console.Write(table);
        }

        foreach (var note in report.Breaches.Select(static breach => $"breaks: {breach}").Concat(report.Notes).Concat(report.HasC2pa ? ["carries a C2PA store"] : []))
        {
            console.WriteLine(note);
        }

        WriteExplicit(console, file.Explicit);
    }

    public static void WriteMany(IAnsiConsole console, IReadOnlyList<FileLabels> files)
    {
        var table = new Table().AddColumns("file", "format", "says", "labels", "to see or hear", "what is wrong");
        foreach (var file in files)
        {
            table.AddRow(
                Escape(file.File), Escape(file.Report?.Format ?? "-"), Escape(file.Report is { } report ? Word(report.Verdict) : "-"),
                (file.Report?.Labels.Length ?? 0).ToString(CultureInfo.InvariantCulture), Escape(Word(file.Explicit)), Escape(file.Refusal ?? Wrong(file)));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files.Count} files: {files.Count(static file => file.IsRight)} with one right label, {files.Count(static file => file.Report is { Labels.IsEmpty: true })} without, {files.Count(static file => file.Report is null)} not read"));
    }

    private static string Wrong(FileLabels file) => string.Join(
        ", ",
        file.Report!.Breaches.Select(static breach => breach.ToString()).Concat(file.Report.Labels.SelectMany(static label => label.Content.Defects).Distinct().Select(static defect => defect.ToString())));

    private static string Word(LabelVerdict verdict) => verdict switch
    {
        LabelVerdict.None => "nothing found",
        LabelVerdict.Confirmed => "AI-generated (confirmed)",
        LabelVerdict.Possible => "possibly AI-generated",
        LabelVerdict.Suspected => "suspected to be AI-generated",
    };

    private static void WriteExplicit(IAnsiConsole console, ExplicitFinding? finding)
    {
        if (finding is not null)
        {
            console.WriteLine($"to see or hear: {Word(finding)}");
        }
    }

    private static string Word(ExplicitFinding? finding) => finding switch
    {
        ExplicitFinding.Found found => Escape($"{found.Text} ({found.Place})"),
        ExplicitFinding.Absent => "no label",
        _ => "undetermined",
    };

    private static string KindOf(ReadLabel label) => label.Label?.Kind.ToString() ?? "unreadable";

    // What a file says must not become markup.
    private static string Escape(string text) => Markup.Escape(new string([.. text.Where(static c => !char.IsControl(c))]));
}
