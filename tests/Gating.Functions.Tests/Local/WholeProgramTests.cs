using System.Diagnostics;
using Gating.Local;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Local;

/// <summary>What a person at the console sees, from a process of its own.</summary>
public sealed class WholeProgramTests
{
    [Fact]
    public async Task The_main_job_is_walked_with_every_step_and_exit_code_0()
    {
        await using var program = new RunningProgram("--once");

        var code = await program.EndedAsync();

        code.ShouldBe(0, program.Output);
        var steps = program.Output.Split('\n').Where(line => line.Length > 1 && char.IsAsciiDigit(line[0]) && line[1] == '.').ToList();
        steps.Count.ShouldBe(9, program.Output);
        program.Output.ShouldContain("valid: at+jwt, ES256");
        program.Output.ShouldContain("the same grant");
        program.Output.ShouldContain("refused with 429");
        program.Output.Split('\n').Count(line => line.Contains("Granted", StringComparison.Ordinal)).ShouldBe(3, program.Output);
    }

    [Fact]
    public async Task Ctrl_C_ends_everything_that_it_started_in_order()
    {
        await using var program = new RunningProgram();
        await program.ServingAsync();
        var children = program.Children;
        children.Count.ShouldBe(2, program.Output);

        await program.SignalAsync("INT");

        (await program.EndedAsync()).ShouldBe(0, program.Output);
        await ShouldBeGoneAsync(children);
    }

    [Fact]
    public async Task Killed_at_once_it_leaves_no_process_behind()
    {
        await using var program = new RunningProgram();
        await program.ServingAsync();
        var children = program.Children;
        children.Count.ShouldBe(2, program.Output);

        program.KillAtOnce();

        await ShouldBeGoneAsync(children);
    }

    [Fact]
    public async Task Storage_that_dies_while_serving_is_one_sentence_and_exit_code_1()
    {
        await using var program = new RunningProgram();
        await program.ServingAsync();

        using (var azurite = Process.GetProcessById(program.Children[0]))
        {
            azurite.Kill();
        }

        (await program.EndedAsync()).ShouldBe(1, program.Output);
        program.Output.ShouldContain("Azurite ended with exit code 137");
    }

    [Fact]
    public async Task A_second_run_over_the_same_data_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        await using var first = DataFolder.Take(folder.Path);

        Should.Throw<SetupException>(() => DataFolder.Take(folder.Path)).Message.ShouldStartWith($"Another run uses {folder.Path};");
    }

    [ShellFact("bash", "curl")]
    public async Task The_lines_to_copy_do_what_they_say()
    {
        await using var program = new RunningProgram();
        await program.ServingAsync();
        var lines = program.Output.Split('\n').SkipWhile(line => !line.StartsWith("# Sign in as", StringComparison.Ordinal));
        var script = string.Join('\n', lines.TakeWhile(line => !line.StartsWith("# Look into", StringComparison.Ordinal)));

        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        bash.ExitCode.ShouldBe(0, script);
        output.ShouldContain("HTTP/1.1 200 OK");
        output.ShouldContain("\"access_token\"");
        output.ShouldContain("\"media_type\":\"image/svg");
        output.ShouldContain("\"record\":\"original\"");
        output.ShouldContain("\"jwks_uri\"");
        output.ShouldContain("\"ready\":true");
    }

    private static async Task ShouldBeGoneAsync(IReadOnlyList<int> processes)
    {
        var started = Stopwatch.StartNew();
        while (processes.Any(id => Directory.Exists($"/proc/{id}")) && started.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(50);
        }

        processes.Where(id => Directory.Exists($"/proc/{id}")).ShouldBeEmpty();
    }
}
