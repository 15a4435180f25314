using System.Diagnostics;
using Gating.Functions.Tests.Local;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.Infra;

/// <summary>The operator's drill, as the operator runs it: real processes, a real Azurite for the data account and another for the last known checkpoint.</summary>
public sealed class RestoreDrillTests(ITestOutputHelper output)
{
    // It starts everything five times.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [ShellFact("bash", "dotnet")]
    public async Task A_lost_account_is_restored_and_an_older_backup_is_refused()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("bash", [Path.Combine(InfraFolder.Real.Root, "infra", "drill.sh"), "--data", folder.File("drill")]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["GATING_NO_BUILD"] = "1";
        using var drill = Process.Start(start)!;
        try
        {
            var (said, complained) = (drill.StandardOutput.ReadToEndAsync(), drill.StandardError.ReadToEndAsync());
            await drill.WaitForExitAsync().WaitAsync(Limit);
            var text = await said;
            output.WriteLine(text);
            drill.ExitCode.ShouldBe(0, $"{text}\n{await complained}");
            text.ShouldContain("nothing wrong");
            text.ShouldContain("refused: The log is frozen: it has");
            text.ShouldContain("The drill held");
            (await complained).ShouldContain("1334");
        }
        finally
        {
            if (!drill.HasExited)
            {
                drill.Kill(entireProcessTree: true);
            }
        }
    }
}
