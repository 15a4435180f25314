using System.Diagnostics;
using System.Globalization;
using Gating.Benchmarks.Labels;
using Gating.Benchmarks.Ratios;

namespace Gating.Benchmarks.Outputs;

/// <summary>
/// <c>outputs</c>: files handed in, labelled, read back, kept and recorded, beside the same bytes put into Azurite as blocks and committed by the same client library, interleaved in one run.
/// </summary>
internal static class OutputsCommand
{
    private const int Rounds = 12;

    /// <summary>Of small files: a round is 32 of them, and code is compiled for good after some hundred.</summary>
    private const int WarmUps = 12;

    private const int Small = 200 * 1024;
    private const int Large = 100 * 1024 * 1024;
    private const int AtOnce = 8;
    private const double Goal = 0.7;

    public static async Task<int> RunAsync()
    {
        await using var stage = await Stage.StartAsync(new RatioOptions(Quick: true, Growth: false, Json: false), static line => Console.Error.WriteLine(line));
        using var studio = new Studio(stage);
        var folder = Directory.CreateDirectory(Path.Combine(stage.World.Folder, "files"));
        var small = await File.ReadAllBytesAsync(LabelFile.Create(folder, "small.jpg", Small));
        var large = await File.ReadAllBytesAsync(LabelFile.Create(folder, "large.jpg", Large));
        var calibration = new Calibration();
        Row[] rows =
        [
            await MeasureAsync(stage, studio, calibration, small, Studio.MostOutputs, AtOnce, $"outputs of 200 kB a second, {AtOnce} at once / blocks put and committed", static (bytes, seconds) => $"{Row.Number(Studio.MostOutputs / seconds)} /s"),
            await MeasureAsync(stage, studio, calibration, large, 1, 1, "outputs of 100 MB, one at a time / blocks put and committed", static (bytes, seconds) => $"{Row.Number(bytes / seconds / 1e6)} MB/s"),
        ];
        await Console.Out.WriteLineAsync(new Table(calibration.Readings, calibration.Loads.Median, rows).ToMarkdown());
        return 0;
    }

    private static async Task<Row> MeasureAsync(Stage stage, Studio studio, Calibration calibration, byte[] file, int count, int atOnce, string what, Func<int, double, string> say)
    {
        var (ours, raw) = (new List<double>(), new List<double>());
        var warmUps = count > 1 ? WarmUps : 1;
        for (var round = 0; round < warmUps + Rounds; round++)
        {
            var uploads = await studio.BeginAsync(count);
            var names = Enumerable.Range(0, count).Select(_ => Path.GetRandomFileName()).ToArray();
            var outputs = await SecondsAsync(uploads, atOnce, upload => studio.PutAsync(upload, file));
            var blocks = await SecondsAsync(names, atOnce, name => studio.PutBlocksAsync(name, file));
            await stage.DrainQueueAsync();

            if (round >= warmUps)
            {
                calibration.Read();
                ours.Add(outputs);
                raw.Add(blocks);
            }
        }

        var ratio = Spread.Of(raw.Zip(ours, static (blocks, outputs) => blocks / outputs));
        return Row.AtLeast(what, Goal, ratio, string.Create(CultureInfo.InvariantCulture, $"{say(file.Length, Spread.Of(ours).Median)}, raw {say(file.Length, Spread.Of(raw).Median)}"));
    }

    private static async Task<double> SecondsAsync<T>(IEnumerable<T> items, int atOnce, Func<T, Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (item, _) => await act(item));
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
