using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gating.Benchmarks.Processes;

/// <summary>A process that we started: it speaks in lines of JSON, ends when its standard input closes, and its CPU and memory are read from /proc.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _errors;

    private Child(Process process)
    {
        _process = process;
        _errors = CopyErrorsAsync();
    }

    public int Id => _process.Id;

    /// <summary>Once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>User and system time of all its threads so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>This program again, in another role.</summary>
    public static Child StartSelf(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartDotNet(environment, typeof(Child).Assembly.Location, arguments);

    public static Child StartDotNet(IReadOnlyDictionary<string, string> environment, string assembly, params string[] arguments) =>
        Start("dotnet", [assembly, .. arguments], AppContext.BaseDirectory, environment);

    public static Child Start(string executable, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!);
    }

    /// <summary>Its next line that is an object of JSON; other lines are passed over.</summary>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{'))
            {
                return JsonSerializer.Deserialize(line, type)!;
            }
        }

        await _errors;
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A process of the benchmark ended with exit code {_process.ExitCode}."));
    }

    public async Task WriteAsync<T>(T message, JsonTypeInfo<T> type)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(message, type));
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads on and forgets: what it logs must not fill the pipe.</summary>
    public void Drain() => _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

    /// <summary>Everything it still says, to its end.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var said = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return said;
    }

    public void Kill() => _process.Kill();

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

        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task CopyErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            await Console.Error.WriteLineAsync($"[{Id.ToString(CultureInfo.InvariantCulture)}] {line}");
        }
    }
}
