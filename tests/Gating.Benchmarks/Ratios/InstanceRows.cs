using Gating.Benchmarks.Processes;
using Gating.Benchmarks.Scene;

namespace Gating.Benchmarks.Ratios;

/// <summary>One hot person on several instances of the product's own executable: the quota is run out exactly, and how long a request then takes.</summary>
internal static class InstanceRows
{
    private const int Connections = 16;
    private const int QuotaExceeded = 429;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(Stage stage, RatioOptions options, Action<string> say)
    {
        var rows = new List<Row>();
        var deployed = await stage.DeployAsync(say);
        foreach (var (instances, goal) in new[] { (2, 300.0), (4, 1500.0) })
        {
            say($"one hot person on {instances} instances");
            await using var gates = new Instances(stage, deployed, instances);
            await gates.WarmUpAsync(options);
            rows.AddRange(await MeasureAsync(stage, options, gates.Ports, goal));
            await stage.DrainQueueAsync();
        }

        return rows;
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(Stage stage, RatioOptions options, int[] ports, double goal)
    {
        var p99 = new List<double>();
        var (granted, others, rate) = (new List<long>(), 0L, 0.0);
        for (var run = 0; run < options.ExactRuns; run++)
        {
            // Nobody has seen this person: everybody starts on a new stream at once. Each connection asks until it hears that the quota is used up.
            var person = await stage.World.RequestsAsync(1, tool: World.Exact);
            var report = await stage.LoadAsync(new(person, ports, Connections, 300, 0, QuotaExceeded));
            granted.Add(report.Ok);
            others += report.Others.Where(pair => pair.Key != QuotaExceeded).Sum(pair => pair.Value);
            p99.Add(report.P99);
            rate = report.Rate;
        }

        var exact = granted.TrueForAll(count => count == options.ExactUnits);
        var name = $"one hot person on {ports.Length} instances";
        return
        [
            new($"{name}: grants of a quota of {options.ExactUnits}", $"exactly {options.ExactUnits}", granted.Max(), "", exact, IsTiming: false,
                $"{string.Join(", ", granted)} in {options.ExactRuns} runs; {others} answers were neither a grant nor 429"),
            new($"{name}: p99", $"≤ {goal} ms", Spread.Of(p99).Median, " ms", Spread.Of(p99).Median <= goal, IsTiming: true, $"{Row.Number(rate)} grants/s in the last run"),
        ];
    }

    private sealed class Instances : IAsyncDisposable
    {
        private readonly Stage _stage;
        private readonly List<(Child Process, int Port)> _gates = [];

        public Instances(Stage stage, Deployed deployed, int count)
        {
            _stage = stage;
            for (var i = 0; i < count; i++)
            {
                _gates.Add(deployed.StartGate(stage.GateSettings));
            }
        }

        public int[] Ports => [.. _gates.Select(gate => gate.Port)];

        public async Task WarmUpAsync(RatioOptions options)
        {
            foreach (var (_, port) in _gates)
            {
                await Processes.Ports.OpenAsync(port);
                await _stage.LoadAsync(new(await _stage.World.RequestsAsync(4), [port], 4, options.WarmUpSeconds, 0, 0));
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (process, _) in _gates)
            {
                process.Kill();
                await process.DisposeAsync();
            }
        }
    }
}
