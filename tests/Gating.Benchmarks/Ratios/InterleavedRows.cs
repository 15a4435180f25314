namespace Gating.Benchmarks.Ratios;

/// <summary>The ratios whose two sides can run round by round, one after the other: CPU, throughput, latency.</summary>
internal static class InterleavedRows
{
    public static async Task<Table> MeasureAsync(Stage stage, RatioOptions options, Action<string> say)
    {
        var rounds = new Rounds(stage, await Segments.CreateAsync(stage, options, say));
        var calibration = new Calibration();
        say("warming up");
        await rounds.WarmUpAsync(options.WarmUpSeconds);
        for (var round = 0; round < options.Rounds; round++)
        {
            say($"round {round + 1} of {options.Rounds}");
            calibration.Read();
            await rounds.RunAsync(round, options.SegmentSeconds);
        }

        return new(Readings(calibration, rounds), calibration.Loads.Median, Rows(rounds));
    }

    private static List<Reading> Readings(Calibration calibration, Rounds rounds) =>
    [
        .. calibration.Readings,
        new("bare Kestrel, 8 connections", "requests/s", rounds.Values("hello", Rate)),
        new("raw transactions of 2 rows, 16 connections", "/s", rounds.Values("raw", Rate)),
    ];

    private static List<Row> Rows(Rounds rounds) =>
    [
        Row.AtMost("CPU of a grant, storage stubbed / floor (ES256 token)", 1.15, rounds.Ratio("gate", "floor", Cpu), Both(rounds, "gate", "floor", Cpu, "µs")),
        Row.AtMost("the same with an RS256 token (no goal of its own)", 1.15, rounds.Ratio("gate RS256", "floor RS256", Cpu), Both(rounds, "gate RS256", "floor RS256", Cpu, "µs")),
        Row.AtMost("the same with a token whose signature verified before", 0.45, rounds.Ratio("gate seen", "floor", Cpu), Both(rounds, "gate seen", "floor", Cpu, "µs")),
        Row.AtMost("CPU of a grant with its ledger write / floor + raw transaction", 1.4, rounds.Ratio("stored gate", "stored floor", Cpu), Both(rounds, "stored gate", "stored floor", Cpu, "µs")),
        Row.AtLeast("one hot person, 16 at once, one instance / raw transactions", 3, rounds.Ratio("hot", "raw", Rate), Both(rounds, "hot", "raw", Rate, "/s")),
        Row.AtLeast("many persons, 16 at once / raw transactions", 0.9, rounds.Ratio("many", "raw", Rate), Both(rounds, "many", "raw", Rate, "/s")),
        Row.AtMost("many persons, p99 / raw p99", 1.3, rounds.Ratio("many", "raw", P99), Both(rounds, "many", "raw", P99, "ms")),
        Row.AtLeast("grants per CPU-second / express + jose", 3.5, rounds.Ratio("express", "gate", Cpu), Both(rounds, "express", "gate", Cpu, "µs")),
        Row.AtLeast("grants per CPU-second / fastify + jose", 2, rounds.Ratio("fastify", "gate", Cpu), Both(rounds, "fastify", "gate", Cpu, "µs")),
    ];

    private static double Rate(Sample sample) => sample.Rate;

    private static double Cpu(Sample sample) => sample.CpuMicroseconds;

    private static double P99(Sample sample) => sample.P99;

    private static string Both(Rounds rounds, string one, string other, Func<Sample, double> value, string unit) =>
        $"{Row.Number(rounds.Values(one, value).Median)} / {Row.Number(rounds.Values(other, value).Median)} {unit}";
}
