using System.CommandLine;
using Gating.Cli.Commands;
using Spectre.Console;

namespace Gating.Cli;

/// <summary>The command line: <c>gating label</c>, <c>gating read</c>, <c>gating check</c>.</summary>
internal static class GatingCommand
{
    /// <param name="console">Where tables for people go.</param>
    /// <param name="output">Where JSON goes.</param>
    public static RootCommand Create(IAnsiConsole console, TextWriter output) => new(
        "Labels of AI-generated content (GB 45438-2025) in files: write, read and check them.\n\n" + ExitCode.Help)
    {
        LabelCommand.Create(console, output),
        ReadCommand.Create(console, output),
        CheckCommand.Create(console, output),
    };
}
