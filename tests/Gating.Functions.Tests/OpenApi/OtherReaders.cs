using Gating.Local.Processes;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>Other people's programs that read openapi.json, under Node and installed once (Readers/package.json).</summary>
internal static class OtherReaders
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private static readonly NodeScripts Scripts = new("OpenApi", "Readers");

    /// <summary>Whether it is content, and what it says.</summary>
    /// <param name="script">In the packages' folder.</param>
    public static Task<(bool IsGood, string Output)> RunAsync(string script, params IEnumerable<string> arguments) => Scripts.RunAsync(script, arguments);

    /// <summary>Prism before a gate; it ends when it is disposed of, and at the latest with us.</summary>
    public static async Task<(NodeProcess Process, Uri Address)> StartPrismAsync(Uri gate)
    {
        var process = NodeProcess.Start("Prism", await Scripts.Node, "prism.mjs", [DocumentBuilder.File, gate.AbsoluteUri]);
        var said = await process.NextEventAsync(StartLimit, CancellationToken.None);
        return (process, new(said.GetProperty("address").GetString()!));
    }
}
