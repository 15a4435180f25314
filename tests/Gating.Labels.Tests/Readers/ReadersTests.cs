using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests.Readers;

/// <summary>Whoever accepted a file before it was labelled accepts it after, finds the same pictures, samples and packets in it, and prints our label.</summary>
public sealed class ReadersTests(ITestOutputHelper output) : IDisposable
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    private readonly LabelledCorpus _corpus = Corpora.Has("media/MANIFEST.csv") ? LabelledCorpus.Create() : null!;

    public void Dispose() => _corpus?.Dispose();

    [ReaderFact("exiftool")]
    public async Task ExifTool_reads_what_it_read_before_and_prints_the_label()
    {
        var before = await ExifToolAsync(_corpus.Files.Select(static file => file.Original));
        var after = await ExifToolAsync(_corpus.Files.Select(static file => file.Labelled));
        var complaints = new List<string>();
        var table = new Table("exiftool accepted", "of these prints the label");
        foreach (var (format, original, labelled) in _corpus.Files)
        {
            if (!before.TryGetValue(original, out var was) || was.HasError)
            {
                continue;
            }

            var isAccepted = after.TryGetValue(labelled, out var now) && !now.HasError;
            var isPrinted = isAccepted && now.Text.Contains(TestLabels.Content().Label.ProduceId, StringComparison.Ordinal);
            table.Count(format, isAccepted, isPrinted);
            if (!isAccepted || (!isPrinted && !BlindSpots.OfExifTool.Contains(format) && !original.EndsWith(BlindSpots.UnreadByExifTool, StringComparison.Ordinal)))
            {
                complaints.Add($"{format} {original}: accepted {isAccepted}, printed {isPrinted}");
            }
        }

        table.ShouldHaveRows(output);
        complaints.ShouldBeEmpty();
    }

    [ReaderFact("ffmpeg")]
    public async Task Ffmpeg_finds_the_same_pictures_samples_and_packets()
    {
        var complaints = new ConcurrentBag<string>();
        var table = new Table("ffmpeg decoded before", "the same after");
        await Parallel.ForEachAsync(_corpus.Files.Where(static file => BlindSpots.IsForFfmpeg(file.Format)), Two, async (file, _) =>
        {
            if (await FramesAsync(file.Original) is not { Length: > 0 } before)
            {
                return;
            }

            var isSame = string.Equals(before, await FramesAsync(file.Labelled), StringComparison.Ordinal);
            table.Count(file.Format, true, isSame);
            if (!isSame)
            {
                complaints.Add($"{file.Format} {file.Original}");
            }
        });

        table.ShouldHaveRows(output);
        complaints.ShouldBeEmpty();
    }

    [ReaderFact("exiv2")]
    public async Task Exiv2_mutagen_and_qpdf_accept_what_they_accepted_before()
    {
        var complaints = new ConcurrentBag<string>();
        var table = new Table("accepted before", "accepted after");
        foreach (var (format, original, labelled) in _corpus.Files)
        {
            if (BlindSpots.CheckerOf(format) is not { } checker || await Tool.RunAsync(checker.Program, [.. checker.Arguments, original]) is not { IsGood: true })
            {
                continue;
            }

            var isGood = await Tool.RunAsync(checker.Program, [.. checker.Arguments, labelled]) is { IsGood: true };
            table.Count(format, true, isGood);
            if (!isGood)
            {
                complaints.Add($"{checker.Program}: {format} {original}");
            }
        }

        foreach (var format in _corpus.Files.Select(static file => file.Format).Distinct().Where(format => BlindSpots.CheckerOf(format) is not null && !table.Has(format)))
        {
            output.WriteLine($"{format}: {BlindSpots.CheckerOf(format)!.Value.Program} is not installed here, or accepted none of its files: nothing was compared.");
        }

        table.ShouldHaveRows(output);
        complaints.ShouldBeEmpty();
    }

    /// <summary>By file: whether it complained, and everything that it printed.</summary>
    private async Task<Dictionary<string, (bool HasError, string Text)>> ExifToolAsync(IEnumerable<string> files)
    {
        var list = Path.Combine(_corpus.Folder, "files.txt");
        await File.WriteAllLinesAsync(list, files);

        // Its exit code says that some file had an error, which some have. Copies are numbered, since JSON would keep one of several texts alone.
        var run = await Tool.RunAsync("exiftool", "-json", "-a", "-G1:4", "-@", list);
        using var json = JsonDocument.Parse(run!.Value.Output);
        return json.RootElement.EnumerateArray().ToDictionary(
            static file => Path.GetFullPath(file.GetProperty("SourceFile").GetString()!),
            static file => (file.TryGetProperty("ExifTool:Error", out _), file.GetRawText()),
            StringComparer.Ordinal);
    }

    // Decoded: the packet of a still picture is the whole file, label and all.
    private static async Task<string?> FramesAsync(string file) =>
        await Tool.RunAsync("ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:v?", "-map", "0:a?", "-t", "20", "-f", "framemd5", "-") is { IsGood: true } run
            ? string.Join('\n', run.Output.Split('\n').Where(static line => !line.StartsWith('#')))
            : null;

    private sealed class Table(string first, string second)
    {
        private readonly SortedDictionary<string, (int First, int Second)> _rows = new(StringComparer.Ordinal);

        public void Count(string format, bool isFirst, bool isSecond)
        {
            lock (_rows)
            {
                var (one, two) = _rows.GetValueOrDefault(format);
                _rows[format] = (one + (isFirst ? 1 : 0), two + (isSecond ? 1 : 0));
            }
        }

        public bool Has(string format) => _rows.ContainsKey(format);

        /// <summary>Prints it; a comparison of nothing is none.</summary>
        public void ShouldHaveRows(ITestOutputHelper output)
        {
            _rows.ShouldNotBeEmpty();
            output.WriteLine($"{"format",-10} {first}, {second}");
            foreach (var (format, (one, two)) in _rows)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format,-10} {one,4} {two,4}"));
            }
        }
    }
}
