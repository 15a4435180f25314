using System.Diagnostics;
using System.Text.Json;

namespace Gating.Benchmarks.Load;

/// <summary>The process that makes load: one core, raw sockets, requests made beforehand, one order at a time from standard input.</summary>
internal static class LoadGenerator
{
    public const string Role = "load";

    /// <summary>Its runtime sees one core: what it may take from the server is bounded.</summary>
    public static readonly IReadOnlyDictionary<string, string> OneCore = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DOTNET_PROCESSOR_COUNT"] = "1",
        ["DOTNET_gcServer"] = "0",
    };

    private static long _number;

    public static async Task<int> RunAsync()
    {
        var known = new Dictionary<string, RawRequest[]>(StringComparer.Ordinal);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var order = JsonSerializer.Deserialize(line, Messages.Default.LoadOrder)!;
            if (!known.TryGetValue(order.Requests, out var requests))
            {
                known[order.Requests] = requests = RequestFile.Read(order.Requests);
            }

            var report = await RunAsync(order, requests);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, Messages.Default.LoadReport));
            await Console.Out.FlushAsync();
        }

        return 0;
    }

    private static async Task<LoadReport> RunAsync(LoadOrder order, RawRequest[] requests)
    {
        var connections = new List<LoadConnection>();
        for (var i = 0; i < order.Connections; i++)
        {
            connections.Add(await LoadConnection.OpenAsync(order.Ports[i % order.Ports.Length]));
        }

        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var run = new Run(order, requests);
        await Task.WhenAll(connections.Select(run.DriveAsync));
        var seconds = run.Elapsed;
        process.Refresh();
        connections.ForEach(connection => connection.Dispose());
        return run.Report(seconds, (process.TotalProcessorTime - cpu).TotalSeconds);
    }

    private sealed class Run(LoadOrder order, RawRequest[] requests)
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly List<long> _latencies = [];
        private readonly Dictionary<int, long> _others = [];
        private readonly Lock _gate = new();
        private long _sent;
        private bool _complained;

        public double Elapsed => Stopwatch.GetElapsedTime(_started).TotalSeconds;

        public async Task DriveAsync(LoadConnection connection)
        {
            await Task.Yield();
            var latencies = new List<long>();
            while (Elapsed < order.Seconds && (order.Count == 0 || Interlocked.Increment(ref _sent) <= order.Count))
            {
                var number = Interlocked.Increment(ref _number);
                var sent = Stopwatch.GetTimestamp();
                var status = await connection.ExchangeAsync(requests[number % requests.Length], number);
                if (status is >= 200 and <= 299)
                {
                    latencies.Add(Stopwatch.GetTimestamp() - sent);
                    continue;
                }

                Other(connection, status);
                if (status == order.StopAt)
                {
                    break;
                }
            }

            lock (_gate)
            {
                _latencies.AddRange(latencies);
            }
        }

        public LoadReport Report(double seconds, double cpu)
        {
            _latencies.Sort();
            return new(_latencies.Count, _others, seconds, At(0.5), At(0.99), At(1), cpu);
        }

        private void Other(LoadConnection connection, int status)
        {
            lock (_gate)
            {
                _others[status] = _others.GetValueOrDefault(status) + 1;
                if (!_complained && status != order.StopAt)
                {
                    // One is enough to see what is wrong.
                    _complained = true;
                    Console.Error.WriteLine(connection.LastAnswer);
                }
            }
        }

        private double At(double quantile) =>
            _latencies.Count == 0 ? 0 : Stopwatch.GetElapsedTime(0, _latencies[(int)Math.Min(_latencies.Count - 1, _latencies.Count * quantile)]).TotalMilliseconds;
    }
}
