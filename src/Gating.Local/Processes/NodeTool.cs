using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gating.Local.Processes;

/// <summary>Finds Node and npm, and says in one sentence what is wrong with them.</summary>
internal static partial class NodeTool
{
    public const int OldestMajor = 20;

    public static async Task<string> FindNodeAsync(string searchPath, CancellationToken cancellation)
    {
        var node = Find("node", searchPath)
            ?? throw new SetupException($"Node.js is not installed (no `node` in PATH); install Node.js {OldestMajor} or newer from https://nodejs.org and try again.");
        var version = await VersionAsync(node, cancellation);
        var major = VersionText().Match(version);
        if (!major.Success)
        {
            throw new SetupException($"`{node} --version` does not answer with a version; install Node.js {OldestMajor} or newer and try again.");
        }

        return int.Parse(major.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) >= OldestMajor
            ? node
            : throw new SetupException($"Node.js {version} is too old; install Node.js {OldestMajor} or newer and try again.");
    }

    public static string FindNpm(string searchPath) =>
        Find("npm", searchPath) ?? throw new SetupException("npm is not installed (no `npm` in PATH); it comes with Node.js from https://nodejs.org.");

    private static string? Find(string name, string searchPath)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<string> VersionAsync(string node, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(node, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var text = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return text.Trim();
        }
        catch (Win32Exception e)
        {
            throw new SetupException($"`{node}` cannot be run ({e.Message}); install Node.js {OldestMajor} or newer and try again.", e);
        }
    }

    [GeneratedRegex(@"^v(?<major>\d{1,4})\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionText();
}
