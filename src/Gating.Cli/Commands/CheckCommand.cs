using System.CommandLine;
using Gating.Cli.Output;
using Spectre.Console;

namespace Gating.Cli.Commands;

/// <summary><c>gating check FILE|DIR</c>: does every file carry exactly one right label?</summary>
internal static class CheckCommand
{
    public static Command Create(IAnsiConsole console, TextWriter output)
    {
        var path = new Argument<FileSystemInfo>("FILE|DIR") { Description = "A file, or a folder whose files are all checked, those of its folders too." }.AcceptExistingOnly();
        var json = Options.Json();
        var command = new Command("check", "Check that every file carries exactly one label that breaks no rule.") { path, json };
        command.SetAction(parsed =>
        {
            var files = FilesOf(parsed.GetRequiredValue(path));
            List<FileLabels> read;
            if (parsed.GetValue(json))
            {
                read = [.. files.Select(FileLabels.Read)];
                ReportJson.Write(output, read);
            }
            else
            {
                read = ReadAloud(console, files);
                ReportTable.WriteMany(console, read);
            }

            return read.Count == 0 ? ExitCode.Good : read.Max(static one => one.ExitCode);
        });
        return command;
    }

    private static string[] FilesOf(FileSystemInfo path) => path is DirectoryInfo folder
        ? [.. folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(static file => file.FullName).Order(StringComparer.Ordinal)]
        : [path.FullName];

    private static List<FileLabels> ReadAloud(IAnsiConsole console, string[] files)
    {
        var read = new List<FileLabels>();
        console.Progress().AutoClear(true).Start(progress =>
        {
            var task = progress.AddTask("reading", maxValue: Math.Max(1, files.Length));
            foreach (var file in files)
            {
                read.Add(FileLabels.Read(file));
                task.Increment(1);
            }
        });
        return read;
    }
}
