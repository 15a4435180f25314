using Gating.Benchmarks.Scene;

namespace Gating.Benchmarks.Ratios;

/// <summary>How much slower a grant gets when the ledger grows from a thousand rows to a million, beside how much slower raw transactions get by themselves.</summary>
internal static class GrowthRows
{
    private const int FewRows = 1_000;
    private const int RowsEach = 100;
    private const int RequestsEach = 40;

    public static async Task<Table> MeasureAsync(Stage stage, RatioOptions options, Action<string> say)
    {
        var world = stage.World;
        var persons = await world.RequestsAsync(20);
        await stage.LoadAsync(new(persons, [stage.Stored.Deployed], 1, options.WarmUpSeconds, RequestsEach * 5, 0));
        var calibration = new Calibration();
        await FillAsync(stage, FewRows);
        var few = await SampleAsync(stage, options, persons, calibration);
        say($"filling the ledger with {options.GrowthRows} rows");
        await FillAsync(stage, options.GrowthRows - FewRows);
        say("measuring again");
        var many = await SampleAsync(stage, options, persons, calibration);
        var (gate, raw) = (many.Gate.Median / few.Gate.Median, many.Raw.Median / few.Raw.Median);
        var row = new Row(
            $"growth of a grant's latency from {FewRows} to {options.GrowthRows} rows / growth of a raw transaction's", "≤ 1.10x", gate / raw, "x", gate / raw <= 1.1, IsTiming: true,
            $"gate {Row.Number(few.Gate.Median)} to {Row.Number(many.Gate.Median)} ms ({Row.Number(gate)}x), raw {Row.Number(few.Raw.Median)} to {Row.Number(many.Raw.Median)} ms ({Row.Number(raw)}x), one at a time");
        return new(calibration.Readings, calibration.Loads.Median, [row]);
    }

    private static async Task FillAsync(Stage stage, int rows)
    {
        var fill = await stage.World.FileOfAsync([RawTransactions.Hundred(stage.Azurite.Table, stage.LedgerTable)]);
        var report = await stage.LoadAsync(new(fill, [stage.Azurite.Table.Port], 4, 3600, rows / RowsEach, 0));
        if (!report.IsClean)
        {
            throw new InvalidOperationException($"The ledger could not be filled: {report}.");
        }
    }

    private static async Task<(Spread Gate, Spread Raw)> SampleAsync(Stage stage, RatioOptions options, string persons, Calibration calibration)
    {
        var raw = await stage.World.FileOfAsync(RawTransactions.Pairs(stage.Azurite.Table, stage.LedgerTable, 20));
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            var gate = await stage.LoadAsync(new(persons, [stage.Stored.Deployed], 1, 60, RequestsEach, 0));
            var alone = await stage.LoadAsync(new(raw, [stage.Azurite.Table.Port], 1, 60, RequestsEach, 0));

            // The first round warms up what the filling made cold, the calibration too.
            if (round > 0)
            {
                calibration.Read();
                ours.Add(gate.Median);
                theirs.Add(alone.Median);
            }
        }

        await stage.DrainQueueAsync();
        return (Spread.Of(ours), Spread.Of(theirs));
    }
}
