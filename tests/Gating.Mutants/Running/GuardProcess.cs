using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gating.Testing;

namespace Gating.Mutants.Running;

/// <summary>
/// Runs guards in a process of their own, because a mutant may loop for ever, overflow the stack or take all memory. One process serves until a guard
/// does not answer in time, or it holds as many assemblies as it may; then it is killed and the next guard gets a new one.
/// </summary>
/// <param name="eventuallySeconds">How long a guard waits for what a mutant may never do.</param>
internal sealed class GuardProcess(int eventuallySeconds) : IDisposable
{
    /// <summary>Guards take milliseconds; the rest is for a machine that does much else.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Assemblies that one process loads: each stays, with its tests, for some 6 MB.</summary>
    private const int MostAssemblies = 50;

    private readonly HashSet<string> _loaded = new(StringComparer.Ordinal);
    private Process? _process;
    private TimeSpan _ended;

    /// <summary>What its processes have used so far.</summary>
    public TimeSpan ProcessorTime => _ended + (_process is { HasExited: false } running ? running.TotalProcessorTime : TimeSpan.Zero);

    public async Task<GuardVerdict> RunAsync(GuardRequest request)
    {
        if (!_loaded.Contains(request.Assembly) && _loaded.Count == MostAssemblies)
        {
            End();
        }

        _process ??= Start();
        _loaded.Add(request.Assembly);
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
            await _process.StandardInput.FlushAsync();
            if (await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit) is { } verdict)
            {
                return JsonSerializer.Deserialize<GuardVerdict>(verdict)!;
            }

            await _process.WaitForExitAsync().WaitAsync(Limit);
            var code = _process.ExitCode;
            End();
            return new($"The process broke down (exit code {code}).") { BrokeDown = true };
        }
        catch (TimeoutException)
        {
            End();
            return new($"It did not end within {Limit.TotalSeconds} s.");
        }
    }

    public void Dispose() => End();

    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", typeof(GuardProcess).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[Eventually.LimitVariable] = eventuallySeconds.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }

    private void End()
    {
        if (_process is null)
        {
            return;
        }

        _process.Refresh();
        _ended = ProcessorTime;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
        _loaded.Clear();
    }
}
