using System.CommandLine;
using Gating.Cli.Output;
using Gating.Labels;
using Spectre.Console;

namespace Gating.Cli.Commands;

/// <summary><c>gating read FILE</c>: every label in one file, where it stands and what is wrong with it.</summary>
internal static class ReadCommand
{
    public static Command Create(IAnsiConsole console, TextWriter output)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file to read." }.AcceptExistingOnly();
        var json = Options.Json();
        var command = new Command("read", "Show every label in a file, where it stands and which rules it breaks.") { file, json };
        command.SetAction(parsed =>
        {
            var read = FileLabels.Read(parsed.GetRequiredValue(file).FullName);
            if (parsed.GetValue(json))
            {
                ReportJson.Write(output, [read]);
            }
            else
            {
                ReportTable.WriteOne(console, read);
            }

            return read.ExitCode;
        });
        return command;
    }
}
