using System.Globalization;
using Gating.Benchmarks.Ratios;

namespace Gating.Benchmarks.Log;

/// <summary>
/// <c>log</c>: entries made by real requests to a gate that drives itself over Azurite, until a checkpoint covers them; then the log is read whole and held against every ledger, shown to a verifier of
/// somebody else's, and checked before and after damage. Beside it leaves that are pending already, sealed alone.
/// </summary>
internal static class LogCommand
{
    private const int Rounds = 3;
    private const int Backlog = 16_384;

    public static async Task<int> RunAsync(int entries, int connections)
    {
        var calibration = new Calibration();
        await using var stage = await LogStage.StartAsync(static line => Console.Error.WriteLine(line));
        await stage.LoadAsync(entries / 10, connections);
        await stage.CoveredAsync();
        calibration.Read();
        var run = await LoadedRun.MeasureAsync(stage, entries, connections);
        calibration.Read();
        await Console.Error.WriteLineAsync(run.ToString());
        var whole = await WholeLogRun.MeasureAsync(stage, static line => Console.Error.WriteLine(line));
        await Console.Error.WriteLineAsync(whole.ToString());
        var (deep, wide) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            deep.Add(await BacklogRun.RateAsync(stage.Azurite, Backlog, each: 64));
            wide.Add(await BacklogRun.RateAsync(stage.Azurite, Backlog / 4, each: 1));
            calibration.Read();
        }

        Row[] rows =
        [
            Most("admission to the covering checkpoint, p99", 2, run.P99, " s", true, $"p50 {Row.Number(run.P50)} s, longest {Row.Number(run.Longest)} s; {Row.Number(run.Rate)} entries/s, {run.Entries} entries of {LogStage.Persons} persons, {connections} at once, {run.Busy} answers were 503"),
            Least("leaves sealed a second from pending pointers, 64 of a stream", 3000, Spread.Of(deep)),
            Least("the same, each of another stream", 3000, Spread.Of(wide)),
            Most("requests that write blobs, an entry", 0.02, run.PerEntry(run.Spent.BlobWrites), "", false, $"{run.Seals} seals"),
            Most("table rows written, an entry", 12, run.PerEntry(run.Spent.Entities), "", false, $"{Row.Number(run.PerEntry(run.Spent.TableRequests))} requests"),
            Most("requests to queues, an entry", 0.06, run.PerEntry(run.Spent.QueueRequests), "", false, $"{Row.Number(run.PerEntry(run.Spent.QueuePuts))} of them messages put"),
            new("entries of every ledger that are leaves, once, and leaves that are nothing else", $"exactly {run.Total}", run.Found, "", run.Found == run.Total, IsTiming: false, "all tiles and the root recomputed from the leaves"),
            new("receipts of entries taken at random that somebody else's verifier accepts", $"exactly {whole.Shown}", whole.Accepted, "", whole.Accepted == whole.Shown, IsTiming: false, "sigstore's, as npm has it"),
            new("what a check of all of it finds wrong", "nothing", whole.Wrong, "", whole.Wrong == 0, IsTiming: false, $"{whole.Things} things in {Row.Number(whole.Took.TotalSeconds)} s"),
            new("rows and blobs changed, deleted, put in or moved that it names then", $"exactly {whole.Damaged}", whole.Named, "", whole.Named == whole.Damaged, IsTiming: false, $"and {whole.Others} besides"),
        ];
        await Console.Out.WriteLineAsync(new Table(calibration.Readings, calibration.Loads.Median, rows).ToMarkdown());
        return 0;
    }

    private static Row Most(string what, double goal, double measured, string unit, bool isTiming, string note) =>
        new(what, $"≤ {goal.ToString(CultureInfo.InvariantCulture)}{unit}", measured, unit, measured <= goal, isTiming, note);

    private static Row Least(string what, double goal, Spread rates) =>
        new(what, $"≥ {Row.Number(goal)}", rates.Median, "", rates.Median >= goal, IsTiming: true, $"rounds {Row.Number(rates.Least)} to {Row.Number(rates.Most)}");
}
