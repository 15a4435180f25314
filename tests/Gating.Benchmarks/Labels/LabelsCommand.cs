using System.Diagnostics;
using System.Globalization;
using Gating.Benchmarks.Processes;
using Gating.Benchmarks.Ratios;

namespace Gating.Benchmarks.Labels;

/// <summary>
/// <c>labels</c>: what labelling costs beside what it cannot do without. A large file against a plain copy of it, many small ones against exiftool as a process each, memory at a
/// gigabyte against ten megabytes.
/// </summary>
internal static class LabelsCommand
{
    private const int Rounds = 7;
    private const int SmallFiles = 500;
    private const int ExifToolRuns = 5;
    private const long Megabyte = 1024 * 1024;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("gating-labels-bench-");
        try
        {
            var calibration = new Calibration();
            var rows = new List<Row>();
            rows.Add(Large(folder, calibration));
            if (await SmallAsync(folder) is { } small)
            {
                rows.Add(small);
            }

            rows.Add(await MemoryAsync(folder));
            await Console.Out.WriteLineAsync(new Table([new("SHA-256, one thread", "MB/s", calibration.Hashes), new("SHA-256, two threads together", "MB/s", calibration.HashesTogether)], calibration.Loads.Median, rows).ToMarkdown());
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Row Large(DirectoryInfo folder, Calibration calibration)
    {
        var file = LabelFile.Create(folder, "large.jpg", 100 * Megabyte);
        var (copies, labels) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            calibration.Read();
            calibration.ReadTogether();
            var copy = OnQuietDisk(Path.Combine(folder.FullName, "copy.jpg"), target => LabelFile.Copy(file, target));
            var label = OnQuietDisk(Path.Combine(folder.FullName, "labelled.jpg"), target => LabelFile.Write(file, target));

            // The first warms up the code and the page cache.
            if (round > 0)
            {
                copies.Add(copy);
                labels.Add(label);
            }
        }

        var ratio = Spread.Of(copies.Zip(labels, static (copy, label) => copy / label));
        return Row.AtLeast("labelling 100 MB, read back, both SHA-256 / copying it", 0.5, ratio, $"{Row.Number(100 / Spread.Of(labels).Median)} / {Row.Number(100 / Spread.Of(copies).Median)} MB/s");
    }

    private static async Task<Row?> SmallAsync(DirectoryInfo folder)
    {
        var file = LabelFile.Create(folder, "small.jpg", 100 * 1024);
        var ours = Seconds(() =>
        {
            for (var i = 0; i < SmallFiles; i++)
            {
                LabelFile.Write(file, Path.Combine(folder.FullName, "small-labelled.jpg"));
            }
        }) / SmallFiles;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < ExifToolRuns; i++)
        {
            try
            {
                using var exiftool = Process.Start(new ProcessStartInfo("exiftool", ["-q", "-o", Path.Combine(folder.FullName, $"exiftool-{i.ToString(CultureInfo.InvariantCulture)}.jpg"), "-XMP-iptcExt:DigitalSourceType=trainedAlgorithmicMedia", file]))!;
                await exiftool.WaitForExitAsync();
            }
            catch (System.ComponentModel.Win32Exception)
            {
                await Console.Error.WriteLineAsync("exiftool is not installed: that row is left out.");
                return null;
            }
        }

        var theirs = Stopwatch.GetElapsedTime(started).TotalSeconds / ExifToolRuns;
        return Row.AtLeast("small files of 100 kB a second / exiftool, a process each", 200, Spread.Of([theirs / ours]), $"{Row.Number(1 / ours)} / {Row.Number(1 / theirs)} files/s");
    }

    private static async Task<Row> MemoryAsync(DirectoryInfo folder)
    {
        var small = await PeakAsync(LabelFile.Create(folder, "10.jpg", 10 * Megabyte), folder);
        var large = await PeakAsync(LabelFile.Create(folder, "1000.jpg", 1024 * Megabyte), folder);
        var more = (large - small) / (double)Megabyte;
        return new("peak memory at 1 GB above that at 10 MB", "≤ 4 MB", more, " MB", more <= 4, IsTiming: false, $"{Row.Number(large / (double)Megabyte)} / {Row.Number(small / (double)Megabyte)} MB");
    }

    private static async Task<long> PeakAsync(string file, DirectoryInfo folder)
    {
        await using var child = Child.StartSelf(new Dictionary<string, string>(StringComparer.Ordinal), LabelFile.Role, file, Path.Combine(folder.FullName, "peak.jpg"));
        return long.Parse(await child.ReadToEndAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>What one leaves to the disk is on it, and the file gone, before the next is timed: otherwise each pays for the one before it.</summary>
    private static double OnQuietDisk(string target, Action<string> act)
    {
        var seconds = Seconds(() => act(target));
        using (var written = new FileStream(target, FileMode.Open, FileAccess.Write))
        {
            written.Flush(flushToDisk: true);
        }

        File.Delete(target);
        return seconds;
    }

    private static double Seconds(Action act)
    {
        var started = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
