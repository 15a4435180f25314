using Gating.Labels.Tests.Readers;
using Gating.Local.Processes;

namespace Gating.Functions.Tests;

/// <summary>Scripts under Node over other people's packages, which are installed once, when the first of them is run.</summary>
/// <param name="folder">Of the scripts and their package.json, below this project's.</param>
internal sealed class NodeScripts(params string[] folder)
{
    private readonly Lazy<Task<NodeRuntime>> _node = new(() => NodePackages.EnsureAsync(
        NodeSettings.Default with { Folder = Path.GetFullPath(Path.Combine([NodeSettings.Default.Folder, "..", "..", "..", "tests", "Gating.Functions.Tests", .. folder])) }, new Silence(), CancellationToken.None));

    public Task<NodeRuntime> Node => _node.Value;

    /// <summary>Whether it ended well, and what it said.</summary>
    public async Task<(bool IsGood, string Output)> RunAsync(string script, params IEnumerable<string> arguments)
    {
        var node = await Node;
        return (await Tool.RunAsync(node.Executable, [Path.Combine(node.Folder, script), .. arguments]))!.Value;
    }

    private sealed class Silence : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
