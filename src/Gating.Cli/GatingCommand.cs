using System.CommandLine;
using System.CommandLine.Invocation;
using Gating.Cli.Commands;
using Spectre.Console;

namespace Gating.Cli;

/// <summary>The command line: <c>gating label</c>, <c>gating read</c> and <c>gating check</c> for files, <c>gating verify</c> for evidence, <c>gating messages</c> and <c>gating fsck</c> for the operator.</summary>
internal static class GatingCommand
{
    /// <param name="console">Where tables for people go.</param>
    /// <param name="output">Where JSON goes.</param>
    /// <param name="setting">A variable of the environment, or null.</param>
    public static RootCommand Create(IAnsiConsole console, TextWriter output, Func<string, string?> setting) => new(
        "Labels of AI-generated content (GB 45438-2025) in files: write, read and check them. Evidence bundles: verify them offline. And what the operator of a gate needs.\n\n" + ExitCode.Help)
    {
        LabelCommand.Create(console, output),
        ReadCommand.Create(console, output),
        CheckCommand.Create(console, output),
        VerifyCommand.Create(console, output),
        MessagesCommand.Create(console, output, setting),
        FsckCommand.Create(console, output, setting),
    };

    /// <summary>Runs a command line; <paramref name="streams"/> is where the parser's own words go.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, InvocationConfiguration? streams = null)
    {
        var parsed = root.Parse(arguments);
        var code = await parsed.InvokeAsync(streams);
        return parsed.Action is ParseErrorAction && parsed.CommandResult.Command.Name is VerifyCommand.Name ? VerifyCommand.WrongUsage : code;
    }
}
