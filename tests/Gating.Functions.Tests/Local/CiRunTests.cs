using System.Diagnostics;
using Gating.Local.Processes;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Local;

/// <summary><c>.ci/run</c> with a <c>dotnet</c> that only writes the results it is told to: what the script makes of them.</summary>
public sealed class CiRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CiRunTests()
    {
        Directory.CreateDirectory(_folder.File(".ci"));
        Directory.CreateDirectory(_folder.File("bin"));
        File.Copy(Path.Combine(NodeSettings.Default.Folder, "..", "..", "..", ".ci", "run"), _folder.File(".ci/run"));
    }

    public void Dispose() => _folder.Dispose();

    [ShellFact("bash", "awk")]
    public async Task Passed_tests_of_all_projects_are_summed_into_the_last_line() =>
        (await RunAsync(new("One", 0, Counters(7, 7, 7)), new("Two", 0, Counters(5, 5, 5)))).ShouldBe(("12 passed, 0 failed", true));

    [ShellFact("bash", "awk")]
    public async Task A_failed_test_is_counted_and_fails_the_run() =>
        (await RunAsync(new("One", 1, Counters(7, 7, 5)), new("Two", 0, Counters(5, 5, 5)))).ShouldBe(("10 passed, 2 failed", false));

    [ShellFact("bash", "awk")]
    public async Task What_failed_is_named_again_at_the_end()
    {
        var project = new Project("One", 1, Counters(7, 7, 6), """
            [xUnit.net 00:00:01.50]     Some.Tests.This_holds [FAIL]
              Failed Some.Tests.This_holds [2 s]
              Error Message:
               Expected 2, found 3.
              Stack Trace:
               at Some.Tests
            """);
        (await OutputOfAsync(buildCode: 0, project)).Lines[^4..^2].ShouldBe(["==  Failed Some.Tests.This_holds [2 s]", "==      Expected 2, found 3."]);
    }

    [ShellFact("bash", "awk")]
    public async Task Skipped_tests_are_named_and_do_not_fail_it() =>
        (await RunAsync(new Project("One", 0, Counters(7, 4, 4)))).ShouldBe(("4 passed, 0 failed, 3 skipped", true));

    [ShellFact("bash", "awk")]
    public async Task A_project_without_results_is_a_failure() =>
        (await RunAsync(new("One", 0, null), new("Two", 0, Counters(5, 5, 5)))).ShouldBe(("5 passed, 1 failed", false));

    [ShellFact("bash", "awk")]
    public async Task A_project_that_ran_no_test_is_a_failure() =>
        (await RunAsync(new("One", 0, Counters(0, 0, 0)), new("Two", 0, Counters(5, 5, 5)))).ShouldBe(("5 passed, 1 failed", false));

    [ShellFact("bash", "awk")]
    public async Task A_test_host_that_broke_off_is_a_failure_although_what_it_reported_passed() =>
        (await RunAsync(new Project("One", 134, Counters(3, 3, 3)))).ShouldBe(("3 passed, 1 failed", false));

    [ShellFact("bash", "awk")]
    public async Task A_build_that_fails_is_a_failure() =>
        (await BuildAndRunAsync(buildCode: 1, new Project("One", 0, Counters(3, 3, 3)))).ShouldBe(("0 passed, 1 failed", false));

    private Task<(string LastLine, bool Succeeded)> RunAsync(params Project[] projects) => BuildAndRunAsync(buildCode: 0, projects);

    private async Task<(string LastLine, bool Succeeded)> BuildAndRunAsync(int buildCode, params Project[] projects)
    {
        var (lines, succeeded) = await OutputOfAsync(buildCode, projects);
        return (lines[^1], succeeded);
    }

    private async Task<(string[] Lines, bool Succeeded)> OutputOfAsync(int buildCode, params Project[] projects)
    {
        foreach (var project in projects)
        {
            Directory.CreateDirectory(_folder.File($"tests/{project.Name}"));
            await File.WriteAllTextAsync(_folder.File($"tests/{project.Name}/{project.Name}.csproj"), """<PackageReference Include="Microsoft.NET.Test.Sdk" />""");
            await File.WriteAllTextAsync(_folder.File($"tests/{project.Name}/code"), project.Code.ToString());
            await File.WriteAllTextAsync(_folder.File($"tests/{project.Name}/says"), project.Says);
            if (project.Trx is { } trx)
            {
                await File.WriteAllTextAsync(_folder.File($"tests/{project.Name}/trx"), trx);
            }
        }

        await File.WriteAllTextAsync(_folder.File("bin/dotnet"), $"""
            #!/usr/bin/env bash
            if [[ $1 == build ]]; then exit {buildCode}; fi
            if [[ -f $2/trx ]]; then cp "$2/trx" "TestResults/$(basename "$2").trx"; fi
            cat "$2/says"
            exit "$(<"$2/code")"

            """);
        using var chmod = Process.Start("chmod", ["+x", _folder.File("bin/dotnet")]);
        await chmod.WaitForExitAsync();
        var start = new ProcessStartInfo("bash", [_folder.File(".ci/run")]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PATH"] = $"{_folder.File("bin")}{Path.PathSeparator}{start.Environment["PATH"]}";
        using var run = Process.Start(start)!;
        var output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        return (output.TrimEnd('\n').Split('\n'), run.ExitCode == 0);
    }

    private static string Counters(int total, int executed, int passed) => $"""
        <TestRun>
          <ResultSummary outcome="Completed">
            <Counters total="{total}" executed="{executed}" passed="{passed}" failed="{executed - passed}" error="0" notExecuted="0" passedButRunAborted="0" />
          </ResultSummary>
        </TestRun>
        """;

    private sealed record Project(string Name, int Code, string? Trx, string Says = "");
}
