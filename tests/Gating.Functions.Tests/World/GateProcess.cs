using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gating.Functions.Tests.Local;

namespace Gating.Functions.Tests.World;

/// <summary>An instance of a world as a process of its own: its memory can be told from the tests', its temporary folder is its own, and it can be killed.</summary>
internal sealed class GateProcess : IAsyncDisposable
{
    private const string Serving = "Now listening on: ";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _temporary = new();
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GateProcess(GateWorld world, string program, Fate fate)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", program]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in world.Settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["TMPDIR"] = start.Environment["TEMP"] = start.Environment["TMP"] = _temporary.Path;
        start.Environment["GATING_CRASH_AT"] = fate.DieAt;
        start.Environment["GATING_STOP_AT"] = fate.StopAt;
        if (fate.DrivesItself)
        {
            start.Environment["Gating__DrivesItself"] = "true";
        }

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address => _address.Task.Result;

    public bool HasEnded => _process.HasExited;

    /// <summary>Whether it stands still at its crash point, or wherever it was told to; on Linux.</summary>
    public bool IsStopped => File.Exists(StatusFile) && File.ReadLines(StatusFile).Any(static line => line.StartsWith("State:\tT", StringComparison.Ordinal));

    public string Output => string.Join('\n', _lines);

    /// <summary>Files of requests that it works on: those that have a name, and on Linux those that have lost it and are open.</summary>
    public IReadOnlyList<string> WorkingFiles => [.. NamedFiles, .. OpenFiles()];

    /// <summary>Files of requests that others could still find.</summary>
    public IReadOnlyList<string> NamedFiles => [.. Directory.EnumerateFiles(_temporary.Path, "gating-*")];

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public long PeakResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="program">Another build of it than the one that the tests use; only <see cref="CrashPointsBuild"/> has crash points.</param>
    public static async Task<GateProcess> StartAsync(GateWorld world, string? program = null, Fate fate = default)
    {
        var process = new GateProcess(world, program ?? typeof(GateApp).Assembly.Location, fate);
        try
        {
            await process._address.Task.WaitAsync(Limit);
            return process;
        }
        catch (TimeoutException late)
        {
            var said = process.Output;
            await process.DisposeAsync();
            throw new InvalidOperationException($"The gate did not serve within {Limit}:\n{said}", late);
        }
    }

    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    /// <summary>As the kernel ends a process: nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndedAsync();
    }

    /// <summary>Stands still, wherever it is.</summary>
    public Task StopAsync() => SignalAsync("STOP");

    /// <summary>Goes on from where it was stopped.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {_process.Id}")]);
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
        _temporary.Dispose();
    }

    private string StatusFile => string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status");

    private List<string> OpenFiles()
    {
        var files = new List<string>();
        var folder = new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/fd"));
        foreach (var open in folder.Exists ? folder.EnumerateFileSystemInfos() : [])
        {
            try
            {
                if (open.LinkTarget is { } target && target.Contains("/gating-", StringComparison.Ordinal) && target.EndsWith(" (deleted)", StringComparison.Ordinal))
                {
                    files.Add(target);
                }
            }
            catch (IOException)
            {
                // Closed since it was listed.
            }
        }

        return files;
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (line.IndexOf(Serving, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(new(line[(at + Serving.Length)..].Trim()));
        }
    }

    /// <summary>What is to become of it.</summary>
    /// <param name="DieAt">The crash point at which it kills itself.</param>
    /// <param name="StopAt">The crash point at which it stands still, once, until <see cref="ResumeAsync"/>.</param>
    /// <param name="DrivesItself">Whether it takes messages, whatever the others of its world do.</param>
    internal readonly record struct Fate(string? DieAt = null, string? StopAt = null, bool DrivesItself = false);
}
