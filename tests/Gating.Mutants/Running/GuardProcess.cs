using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gating.Testing;

namespace Gating.Mutants.Running;

/// <summary>Runs guards against one Gating.dll in a process of their own, because a mutant may loop for ever, overflow the stack or take all memory.</summary>
internal sealed class GuardProcess : IDisposable
{
    /// <summary>Guards take milliseconds; the rest is for a machine that does much else.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>How long a guard waits for what the source as it is does at once, and for what a mutant may never do.</summary>
    public static readonly TimeSpan LongWait = TimeSpan.FromSeconds(10), ShortWait = TimeSpan.FromSeconds(3);

    private readonly Process _process;

    /// <param name="wait">How long a guard waits for what should come to be.</param>
    public GuardProcess(string assembly, TimeSpan wait)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", typeof(GuardProcess).Assembly.Location, assembly])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[Eventually.LimitVariable] = wait.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_MODIFIABLE_ASSEMBLIES"] = "debug";
        _process = Process.Start(start)!;
    }

    /// <summary>It ended, or was ended: whoever needs another guard run starts another one.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What becomes of the mutant that this is, or becomes by <paramref name="before"/>: its guards run one after another, until one fails.</summary>
    public async Task<Fate> ExposeAsync(Mutant mutant, params AssemblyDelta[] before)
    {
        foreach (var guard in mutant.Guards)
        {
            if (await RunAsync(new(guard, before)) is { Passed: false } verdict)
            {
                return new(mutant, guard, verdict.Failure);
            }

            before = [];
        }

        return new(mutant, null, null);
    }

    public async Task<GuardVerdict> RunAsync(GuardRequest request)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
            await _process.StandardInput.FlushAsync();
            if (await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit) is { } verdict)
            {
                return JsonSerializer.Deserialize<GuardVerdict>(verdict)!;
            }

            await _process.WaitForExitAsync().WaitAsync(Limit);
            return new($"The process broke down (exit code {_process.ExitCode}).") { BrokeDown = true };
        }
        catch (TimeoutException)
        {
            End();
            return new($"It did not end within {Limit.TotalSeconds} s.");
        }
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private void End()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }
}
