using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Gating.Functions.Tests.Hosting;

/// <summary>The custom handler as the Functions host starts it: its environment, its port, its two outputs, and no other end than SIGKILL.</summary>
internal sealed class HandlerProcess : IAsyncDisposable
{
    private static readonly TimeSpan InitializationTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private HandlerProcess(string executable, string folder, int port, IReadOnlyDictionary<string, string?> environment)
    {
        Port = port;
        var start = new ProcessStartInfo(executable) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // The base images of the host set this, and a handler inherits all that the host has.
        start.Environment["ASPNETCORE_URLS"] = "http://+:80";
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = start.Environment["FUNCTIONS_HTTPWORKER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = start.Environment["FUNCTIONS_HTTPWORKER_ID"] = Guid.NewGuid().ToString();
        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = folder;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "custom";
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public int Port { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>The host logs each line of it as an error.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>The status of the answer that made it ready.</summary>
    public int ReadyStatus { get; private set; }

    public static HandlerProcess Start(string executable, string folder, int port, IReadOnlyDictionary<string, string?> environment) => new(executable, folder, port, environment);

    /// <summary><c>GET /</c> every 25 ms until anything answers; false where it ended, or took more than the host waits.</summary>
    public async Task<bool> ReadyAsync(HttpClient http, int port)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < InitializationTimeout && !HasExited;)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/"));
                ReadyStatus = (int)answer.StatusCode;
                return true;
            }
            catch (HttpRequestException error) when (error.InnerException is SocketException or IOException)
            {
                await Task.Delay(Probe);
            }
        }

        return false;
    }

    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Hear(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
