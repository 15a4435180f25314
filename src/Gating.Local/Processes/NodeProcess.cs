using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Gating.Local.Processes;

/// <summary>
/// One script that runs under Node. It ends when its standard input closes, so that it cannot outlive us (lifeline.mjs); it tells what happens
/// in lines of JSON.
/// </summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private const int KeptErrors = 100;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly string _name;
    private readonly Process _process;
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _errors = new();

    private NodeProcess(string name, Process process)
    {
        _name = name;
        _process = process;
        Id = process.Id;
        Ended = EndAsync();
    }

    public int Id { get; }

    /// <summary>Its exit code, once all of its output was read.</summary>
    public Task<int> Ended { get; }

    /// <summary>The first lines of its standard error, empty ones left out.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    public static NodeProcess Start(string name, NodeRuntime runtime, string script, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(runtime.Executable, [Path.Combine(runtime.Folder, script), .. arguments])
        {
            WorkingDirectory = runtime.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        start.Environment["PATH"] = runtime.SearchPath;

        // Either of these would send Azurite to other accounts or to an SQL server than the ones that we name.
        start.Environment.Remove("AZURITE_ACCOUNTS");
        start.Environment.Remove("AZURITE_DB");
        try
        {
            return new NodeProcess(name, Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new SetupException($"{name} cannot be started: `{runtime.Executable}` cannot be run ({e.Message}).", e);
        }
    }

    /// <summary>Waits for the next event. Throws <see cref="SetupException"/> with its last words if it ends before, or takes longer than the limit.</summary>
    public async Task<JsonElement> NextEventAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timed.CancelAfter(limit);
        try
        {
            using var json = JsonDocument.Parse(await _events.Reader.ReadAsync(timed.Token));
            return json.RootElement.Clone();
        }
        catch (ChannelClosedException e)
        {
            throw new SetupException(await EndingAsync(), e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new SetupException($"{_name} did not answer within {limit.TotalSeconds:0} s.", e);
        }
    }

    public async Task SendAsync(string line, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
    }

    /// <summary>Completes when it has ended, with one sentence that says so.</summary>
    public async Task<string> EndingAsync()
    {
        var code = await Ended;
        var last = Errors is [.., var line] ? line : null;
        return last is not null && PortTaken().Match(last) is { Success: true } port
            ? PortInUse.Sentence(port.Groups["port"].Value, _name)
            : $"{_name} ended with exit code {code}: {last ?? "it said nothing"}";
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already, and the pipe with it.
        }

        if (await Task.WhenAny(Ended, Task.Delay(EndLimit, TimeProvider.System, CancellationToken.None)) != Ended)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }

        _process.Dispose();
    }

    private async Task<int> EndAsync()
    {
        await Task.WhenAll(ReadEventsAsync(), ReadErrorsAsync());
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    private async Task ReadEventsAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.StartsWith('{'))
            {
                _events.Writer.TryWrite(line);
            }
        }

        _events.Writer.Complete();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.Trim().Length > 0)
            {
                _errors.Enqueue(line);
                while (_errors.Count > KeptErrors)
                {
                    _errors.TryDequeue(out _);
                }
            }
        }
    }

    [GeneratedRegex(@"EADDRINUSE.*:(?<port>\d{1,5})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PortTaken();
}
