using System.CommandLine;

namespace Gating.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class Options
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON for machines instead of a table for people." };
}
