using System.Diagnostics;
using Gating.Local.Processes;
using Xunit;

namespace Gating.Functions.Tests.World;

/// <summary>The gate with its crash points compiled in (see CrashPoint.cs): built once, beside the build that everything else here tests.</summary>
public sealed class CrashPointsBuild : IAsyncLifetime
{
    private const string Configuration = "CrashPoints";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public string Program { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var folder = Path.GetFullPath(Path.Combine(NodeSettings.Default.Folder, "..", "..", "Gating.Functions"));
        await Console.Error.WriteLineAsync($"Building the gate as {Configuration}, which tests can kill between two steps: up to a minute the first time.");

        // The analysers have judged these sources already; and a compiler that stays behind would hold our pipe open.
        var start = new ProcessStartInfo(
            "dotnet", ["build", folder, "-c", Configuration, "-nologo", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var build = Process.Start(start)!;
        var said = await Task.WhenAll(build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync()).WaitAsync(Limit);
        await build.WaitForExitAsync().WaitAsync(Limit);
        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException($"The build with crash points failed:\n{string.Concat(said)}");
        }

        Program = Path.Combine(folder, "bin", Configuration, Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "Gating.Functions.dll");
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>Tests that kill processes share the build, and do not run beside each other: each starts many.</summary>
[CollectionDefinition(Name)]
public sealed class KilledProcesses : ICollectionFixture<CrashPointsBuild>
{
    public const string Name = "Killed processes";
}
