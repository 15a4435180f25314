using System.Diagnostics;
using Gating.Local.Processes;

namespace Gating.Functions.Tests.Hosting;

/// <summary>The gate as it is deployed: published once per test run, apart from every build (artifacts of its own), so that it meets none that runs beside it.</summary>
internal static class PublishedGate
{
    /// <summary>A folder that was published before, to be tested instead: whoever deploys it wants that one tested and no other.</summary>
    public const string FolderVariable = "GATING_TESTS_PUBLISHED";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(9);

    private static readonly Lazy<Task<string>> LazyFolder = new(PublishAsync);

    public static string Source { get; } = Path.GetFullPath(Path.Combine(NodeSettings.Default.Folder, "..", "..", "Gating.Functions"));

    /// <summary>What would be handed to the Functions host.</summary>
    public static Task<string> FolderAsync() => LazyFolder.Value;

    private static async Task<string> PublishAsync()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } published)
        {
            return published;
        }

        var artifacts = Path.Combine(Source, "bin", "Published");
        var folder = Path.Combine(artifacts, "app");
        if (Directory.Exists(folder))
        {
            // What an earlier run published and this one does not would be found by the tests, and by nobody else.
            Directory.Delete(folder, recursive: true);
        }

        await Console.Error.WriteLineAsync("Publishing the gate as it is deployed: up to two minutes the first time.");

        // The analysers have judged these sources already; and a compiler that stays behind would hold our pipe open.
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish", Source, "-c", "Release", "--artifacts-path", artifacts, "-o", folder, "-nologo", "-v", "quiet", "--disable-build-servers", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false",
                "-p:EnforceCodeStyleInBuild=false",
            ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var publish = Process.Start(start)!;
        var said = await Task.WhenAll(publish.StandardOutput.ReadToEndAsync(), publish.StandardError.ReadToEndAsync()).WaitAsync(Limit);
        await publish.WaitForExitAsync().WaitAsync(Limit);
        return publish.ExitCode == 0 ? folder : throw new InvalidOperationException($"The gate could not be published:\n{string.Concat(said)}");
    }
}
