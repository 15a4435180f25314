using Gating.Labels.Tests.Readers;
using Gating.Local.Processes;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>Other people's programs that read openapi.json, under Node and installed once (Readers/package.json).</summary>
internal static class OtherReaders
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private static readonly Lazy<Task<NodeRuntime>> Node = new(static () => NodePackages.EnsureAsync(NodeSettings.Default with { Folder = Folder }, new Silence(), CancellationToken.None));

    private static string Folder => Path.GetFullPath(Path.Combine(NodeSettings.Default.Folder, "..", "..", "..", "tests", "Gating.Functions.Tests", "OpenApi", "Readers"));

    /// <summary>Whether it is content, and what it says.</summary>
    /// <param name="script">In the packages' folder.</param>
    public static async Task<(bool IsGood, string Output)> RunAsync(string script, params IEnumerable<string> arguments)
    {
        var node = await Node.Value;
        return (await Tool.RunAsync(node.Executable, [Path.Combine(node.Folder, script), .. arguments]))!.Value;
    }

    /// <summary>Prism before a gate; it ends when it is disposed of, and at the latest with us.</summary>
    public static async Task<(NodeProcess Process, Uri Address)> StartPrismAsync(Uri gate)
    {
        var process = NodeProcess.Start("Prism", await Node.Value, "prism.mjs", [DocumentBuilder.File, gate.AbsoluteUri]);
        var said = await process.NextEventAsync(StartLimit, CancellationToken.None);
        return (process, new(said.GetProperty("address").GetString()!));
    }

    private sealed class Silence : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
