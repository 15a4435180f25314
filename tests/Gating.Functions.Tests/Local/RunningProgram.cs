using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gating.Local;

namespace Gating.Functions.Tests.Local;

/// <summary>Gating.Local as a person runs it: its own process, its own data, any free ports.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private readonly TemporaryFolder _data = new();
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunningProgram(params string[] arguments)
    {
        // A build server may run us with Ctrl-C ignored, and a child inherits that: `env` gives it its meaning back, and becomes the program.
        string[] prefix = OperatingSystem.IsLinux() ? ["--default-signal=INT", "dotnet"] : [];
        string[] all = [.. prefix, "exec", typeof(SetupException).Assembly.Location, "--port", "0", "--data", _data.Path, .. arguments];
        var start = new ProcessStartInfo(OperatingSystem.IsLinux() ? "env" : "dotnet", all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _lines);

    public string Data => _data.Path;

    /// <summary>The processes that it has started, oldest first; the kernel lists them by the thread that did.</summary>
    public IReadOnlyList<int> Children => [.. Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
        .Order()];

    public Task ServingAsync() => Task.WhenAny(_serving.Task, EndedAsync()).WaitAsync(Limit);

    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    /// <summary>As the system does it: no handler runs, nothing is cleaned up.</summary>
    public void KillAtOnce() => _process.Kill(entireProcessTree: false);

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _data.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (line.StartsWith("# Look into the tables", StringComparison.Ordinal))
        {
            _serving.TrySetResult();
        }
    }
}
