using System.Diagnostics;
using Gating.Benchmarks.Ratios;
using Gating.Local.Processes;
using Gating.Local.Storage;

namespace Gating.Benchmarks.Log;

/// <summary>
/// <c>growth</c>: what a receipt, an output by its number and a seal of fifty leaves cost at a thousand entries and at a million, beside how much slower the same requests to storage get by themselves.
/// </summary>
internal static class GrowthCommand
{
    private const int Few = 1_000;
    private const int Rounds = 7;
    private const int Asked = 100;

    private readonly record struct Sample(Spread Ours, Spread Raw);

    public static async Task<int> RunAsync(int many)
    {
        // Azurite keeps every row in memory.
        Environment.SetEnvironmentVariable("NODE_OPTIONS", "--max-old-space-size=12288");
        await using var azurite = await AzuriteProcess.StartAsync(await NodePackages.EnsureAsync(new Spoken(), CancellationToken.None), new(), CancellationToken.None);
        using var log = new GrowingLog(azurite);
        await log.CreateAsync();
        var calibration = new Calibration();
        await log.GrowAsync(Few, Say);
        var few = await SampleAsync(log, calibration);
        Say($"measured at {log.Size} leaves; growing to {many}");
        await log.GrowAsync(many, Say);
        Say("measuring again");
        var after = await SampleAsync(log, calibration);
        var rows = few.Zip(after).Select(pair => RowOf(pair.First.What, pair.First.Sample, pair.Second.Sample, many)).ToArray();
        Reading[] readings = [new("ES256 verify + sign, one thread", "µs", calibration.Signatures), new("SHA-256, one thread", "MB/s", calibration.Hashes)];
        await Console.Out.WriteLineAsync(new Table(readings, calibration.Loads.Median, rows).ToMarkdown());
        return 0;
    }

    private static Row RowOf(string what, Sample few, Sample many, int size)
    {
        var (ours, raw) = (many.Ours.Median / few.Ours.Median, many.Raw.Median / few.Raw.Median);
        return new(
            $"growth of {what} from {Few} to {size} entries / storage's own", "≤ 1.30x", ours / raw, "x", ours / raw <= 1.3, IsTiming: true,
            $"{Row.Number(few.Ours.Median)} to {Row.Number(many.Ours.Median)} ms ({Row.Number(ours)}x), raw {Row.Number(few.Raw.Median)} to {Row.Number(many.Raw.Median)} ms ({Row.Number(raw)}x), one at a time");
    }

    private static async Task<(string What, Sample Sample)[]> SampleAsync(GrowingLog log, Calibration calibration) =>
    [
        ("a receipt", await MeasureAsync(Asked, Nothing, log.ReceiptAsync, log.RawReceiptAsync, calibration)),
        ("an output by its number", await MeasureAsync(Asked, Nothing, log.FindAsync, log.RawFindAsync, calibration)),
        ("a seal of fifty leaves", await MeasureAsync(4, log.PrepareAppendAsync, log.AppendAsync, log.RawAppendAsync, calibration)),
    ];

    private static Task Nothing() => Task.CompletedTask;

    private static async Task<Sample> MeasureAsync(int count, Func<Task> prepare, Func<Task> ours, Func<Task> raw, Calibration calibration)
    {
        var (left, right) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var (one, other) = (await MedianAsync(count, prepare, ours), await MedianAsync(count, Nothing, raw));

            // The first round warms up what growing made cold.
            if (round > 0)
            {
                calibration.Read();
                left.Add(one);
                right.Add(other);
            }
        }

        return new(Spread.Of(left), Spread.Of(right));
    }

    private static async Task<double> MedianAsync(int count, Func<Task> prepare, Func<Task> act)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            await prepare();
            var started = Stopwatch.GetTimestamp();
            await act();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Spread.Of(times).Median;
    }

    private static void Say(string line) => Console.Error.WriteLine(line);

    private sealed class Spoken : IProgress<string>
    {
        public void Report(string value) => Say(value);
    }
}
