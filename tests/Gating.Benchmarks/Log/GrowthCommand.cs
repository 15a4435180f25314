using System.Diagnostics;
using Gating.Benchmarks.Ratios;
using Gating.Local.Processes;
using Gating.Local.Storage;

namespace Gating.Benchmarks.Log;

/// <summary>
/// <c>growth</c>: what a receipt, an output by its number and a seal of fifty leaves cost at a thousand entries and at a million, beside how much slower the same requests to storage get by themselves. Both logs
/// stand at once, each over an Azurite of its own, so that every round asks both of both: what the machine does meanwhile falls on all four.
/// </summary>
internal static class GrowthCommand
{
    private const int Few = 1_000;
    private const int Rounds = 7;

    /// <summary>The large log takes long to grow and minutes to measure: where the machine was not steady, it is measured again, whatever came out.</summary>
    private const int MostAttempts = 10;

    /// <summary>What requests set going in storage, its garbage collection above all, ends before the machine is read: it would be read beside a guest.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private static readonly Operation[] Operations =
    [
        new("a receipt", 100, _ => Task.CompletedTask, log => log.ReceiptAsync(), log => log.RawReceiptAsync()),
        new("an output by its number", 100, _ => Task.CompletedTask, log => log.FindAsync(), log => log.RawFindAsync()),
        new("a seal of fifty leaves", 4, log => log.PrepareAppendAsync(), log => log.AppendAsync(), log => log.RawAppendAsync()),
    ];

    private sealed record Operation(string What, int Count, Func<GrowingLog, Task> PrepareAsync, Func<GrowingLog, Task> OursAsync, Func<GrowingLog, Task> RawAsync);

    /// <summary>Medians of one round, in milliseconds.</summary>
    private readonly record struct Round(double FewOurs, double FewRaw, double ManyOurs, double ManyRaw)
    {
        public double Growth => ManyOurs / FewOurs / (ManyRaw / FewRaw);
    }

    public static async Task<int> RunAsync(int size)
    {
        // Azurite keeps every row in memory.
        Environment.SetEnvironmentVariable("NODE_OPTIONS", "--max-old-space-size=12288");
        await using var azurite = await StartAsync();
        using var many = new GrowingLog(azurite);
        await GrowAsync(many, size);
        for (var attempt = 1; ; attempt++)
        {
            var table = await MeasureAsync(many, size);
            await Console.Out.WriteLineAsync(table.ToMarkdown());
            if (table.IsSteady || attempt == MostAttempts)
            {
                return 0;
            }

            Say("the machine was not steady; measuring again");
        }
    }

    private static async Task<Table> MeasureAsync(GrowingLog many, int size)
    {
        // A new one each time: it would not stay at a thousand.
        await using var azurite = await StartAsync();
        using var few = new GrowingLog(azurite);
        await GrowAsync(few, Few);
        var (calibration, rounds) = (new Calibration(), Operations.ToDictionary(operation => operation, _ => new List<Round>()));
        for (var round = 0; round <= Rounds; round++)
        {
            // The first round warms up what growing made cold.
            Say(round == 0 ? "warming up" : $"round {round} of {Rounds}");
            foreach (var operation in Operations)
            {
                var measured = await MeasureAsync(operation, few, many);
                if (round > 0)
                {
                    rounds[operation].Add(measured);
                }
            }

            if (round > 0)
            {
                await Task.Delay(Silence);
                calibration.Read();
            }
        }

        return new(calibration.Readings, calibration.Loads.Median, [.. Operations.Select(operation => RowOf(operation.What, rounds[operation], size))]);
    }

    private static Row RowOf(string what, IReadOnlyList<Round> rounds, int size)
    {
        double Median(Func<Round, double> value) => Spread.Of(rounds.Select(value)).Median;
        string Both(Func<Round, double> few, Func<Round, double> many) =>
            $"{Row.Number(Median(few))} to {Row.Number(Median(many))} ms ({Row.Number(Median(round => many(round) / few(round)))}x)";
        return Row.AtMost(
            $"growth of {what} from {Few} to {size} entries / storage's own", 1.3, Spread.Of(rounds.Select(round => round.Growth)),
            $"{Both(round => round.FewOurs, round => round.ManyOurs)}, raw {Both(round => round.FewRaw, round => round.ManyRaw)}, one at a time");
    }

    private static async Task<Round> MeasureAsync(Operation operation, GrowingLog few, GrowingLog many) => new(
        await MedianAsync(operation.Count, () => operation.PrepareAsync(few), () => operation.OursAsync(few)),
        await MedianAsync(operation.Count, () => Task.CompletedTask, () => operation.RawAsync(few)),
        await MedianAsync(operation.Count, () => operation.PrepareAsync(many), () => operation.OursAsync(many)),
        await MedianAsync(operation.Count, () => Task.CompletedTask, () => operation.RawAsync(many)));

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

    private static async Task<AzuriteProcess> StartAsync() =>
        await AzuriteProcess.StartAsync(await NodePackages.EnsureAsync(new Spoken(), CancellationToken.None), new(), CancellationToken.None);

    private static async Task GrowAsync(GrowingLog log, int size)
    {
        await log.CreateAsync();
        await log.GrowAsync(size, Say);
        Say($"a log of {log.Size} leaves stands");
    }

    private static void Say(string line) => Console.Error.WriteLine(line);

    private sealed class Spoken : IProgress<string>
    {
        public void Report(string value) => Say(value);
    }
}
