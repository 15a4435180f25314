using System.Diagnostics;
using Gating.Benchmarks.Load;
using Gating.Benchmarks.Processes;

namespace Gating.Benchmarks.Ratios;

/// <summary>What a process of the product's own executable costs beside a bare Kestrel: time to its first answer, memory after many.</summary>
internal static class ProcessRows
{
    private const int Connections = 16;

    // Between portions the trace queue is emptied: nobody reads it here, and each message that waits makes Azurite slower.
    private const long Portion = 5_000;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(Stage stage, RatioOptions options, Action<string> say)
    {
        var deployed = await stage.DeployAsync(say);
        say("starts");
        var hello = await stage.World.HelloAsync();
        var (bare, gate, ready) = (new List<double>(), new List<double>(), new List<double>());
        for (var start = 0; start < options.Starts; start++)
        {
            bare.Add(await FirstAnswerAsync(deployed.StartBare, hello));
            ready.Add(await FirstAnswerAsync(() => deployed.StartGate(stage.GateSettings), hello, 404));
            gate.Add(await FirstAnswerAsync(() => deployed.StartGate(stage.GateSettings), await stage.World.RequestsAsync(1)));
        }

        say($"memory after {options.MemoryGrants} grants");
        var (bareMemory, _) = await MemoryAsync(stage, deployed.StartBare, hello, options);
        var (gateMemory, others) = await MemoryAsync(stage, () => deployed.StartGate(stage.GateSettings), await stage.World.RequestsAsync(Connections), options);
        var ratio = gateMemory / bareMemory;
        return
        [
            Row.AtMost("start to ready (GET / answered, as the Functions host asks) / bare Kestrel's", 1.2, Spread.Of(ready.Zip(bare, (ours, theirs) => ours / theirs)), $"{Row.Number(Spread.Of(ready).Median)} / {Row.Number(Spread.Of(bare).Median)} ms; packages {Row.Number(deployed.GateMegabytes)} / {Row.Number(deployed.BareMegabytes)} MB"),
            Row.AtMost("start to first grant / bare Kestrel's first answer", 1.2, Spread.Of(gate.Zip(bare, (ours, theirs) => ours / theirs)), $"{Row.Number(Spread.Of(gate).Median)} / {Row.Number(Spread.Of(bare).Median)} ms"),
            new($"resident memory after {options.MemoryGrants} grants / bare Kestrel after as many answers", "≤ 1.5x", ratio, "x", ratio <= 1.5, IsTiming: false, $"{Row.Number(gateMemory)} / {Row.Number(bareMemory)} MB; {others} of the answers were no grant"),
        ];
    }

    private static async Task<double> FirstAnswerAsync(Func<(Child Process, int Port)> start, string requests, int expected = 200)
    {
        var request = RequestFile.Read(requests)[0];
        var started = Stopwatch.GetTimestamp();
        var (process, port) = start();
        await Ports.OpenAsync(port);
        using var connection = await LoadConnection.OpenAsync(port);
        var status = await connection.ExchangeAsync(request, 0);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        process.Kill();
        await process.DisposeAsync();
        return status == expected ? took : throw new InvalidOperationException($"The first answer was {status}: {connection.LastAnswer}");
    }

    private static async Task<(double Megabytes, long Others)> MemoryAsync(Stage stage, Func<(Child Process, int Port)> start, string requests, RatioOptions options)
    {
        var (process, port) = start();
        await Ports.OpenAsync(port);
        var others = 0L;
        for (var left = options.MemoryGrants; left > 0; left -= Portion)
        {
            var report = await stage.LoadAsync(new(requests, [port], Connections, 3600, Math.Min(left, Portion), 0));
            others += report.Others.Values.Sum();
            await stage.DrainQueueAsync();
        }

        var resident = process.Resident / 1024.0 / 1024.0;
        process.Kill();
        await process.DisposeAsync();
        return (resident, others);
    }
}
