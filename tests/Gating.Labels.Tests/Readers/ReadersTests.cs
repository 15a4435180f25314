using System.Collections.Concurrent;
using System.Text.Json;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests.Readers;

/// <summary>Whoever accepted a file before it was labelled accepts it after, finds the same pictures, samples and packets in it, and prints our label.</summary>
public sealed class ReadersTests(LabelledCorpus corpus, ITestOutputHelper output) : IClassFixture<LabelledCorpus>
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [ReaderFact("exiftool")]
    public async Task ExifTool_reads_what_it_read_before_and_prints_the_label()
    {
        var before = await ExifToolAsync(static file => file.Original);
        var after = await ExifToolAsync(static file => file.Labelled);
        var complaints = new List<string>();
        var table = new ReadersTable("exiftool accepted", "of these prints the label");
        foreach (var (format, original, labelled) in corpus.Files)
        {
            if (!before.TryGetValue(original, out var was) || was.HasError)
            {
                continue;
            }

            var isAccepted = after.TryGetValue(labelled, out var now) && !now.HasError;
            var isPrinted = isAccepted && now.Text.Contains(TestLabels.Content().Label.ProduceId, StringComparison.Ordinal);
            table.Count(format, isAccepted, isPrinted);
            if (!isAccepted || (!isPrinted && !BlindSpots.OfExifTool.Contains(format) && !BlindSpots.IsUnreadByExifTool(original)))
            {
                complaints.Add($"{format} {original}: accepted {isAccepted}, printed {isPrinted}");
            }
        }

        table.ShouldHaveRows(output);
        complaints.ShouldBeEmpty();
    }

    [ReaderFact("ffprobe")]
    public async Task Ffprobe_reads_what_it_read_before_and_prints_the_label() =>
        await CompareAsync("ffprobe", corpus.Files.Where(static file => BlindSpots.IsForFfmpeg(file.Format)), static async file =>
            await Tool.RunAsync("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", file) is { IsGood: true } run ? run.Output : null,
            static (before, after) => string.Equals(Streams(before), Streams(after), StringComparison.Ordinal), BlindSpots.OfFfprobe);

    [ReaderFact("mediainfo")]
    public async Task Mediainfo_finds_the_same_format_and_tracks() =>
        await CompareAsync("mediainfo", corpus.Files, static async file =>
            await Tool.RunAsync("mediainfo", "--Output=JSON", file) is { IsGood: true } run && Tracks(run.Output).Length > 0 ? run.Output : null,
            static (before, after) => Tracks(after).StartsWith(Tracks(before), StringComparison.Ordinal), BlindSpots.OfMediainfo);

    [ReaderFact("ffmpeg")]
    public async Task Ffmpeg_finds_the_same_pictures_samples_and_packets()
    {
        var complaints = new ConcurrentBag<string>();
        var table = new ReadersTable("ffmpeg decoded before", "the same after");
        await Parallel.ForEachAsync(corpus.Files.Where(static file => BlindSpots.IsForFfmpeg(file.Format)), Two, async (file, _) =>
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
        var table = new ReadersTable("accepted before", "accepted after");
        foreach (var (format, original, labelled) in corpus.Files)
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

        foreach (var format in corpus.Files.Select(static file => file.Format).Distinct().Where(format => BlindSpots.CheckerOf(format) is not null && !table.Has(format)))
        {
            output.WriteLine($"{format}: {BlindSpots.CheckerOf(format)!.Value.Program} is not installed here, or accepted none of its files: nothing was compared.");
        }

        table.ShouldHaveRows(output);
        complaints.ShouldBeEmpty();
    }

    /// <summary>Compares what a reader prints of each file that it accepted; null is what it does not accept.</summary>
    private async Task CompareAsync(string reader, IEnumerable<LabelledFile> files, Func<string, Task<string?>> readAsync, Func<string, string, bool> isSame, IReadOnlySet<string> blindTo)
    {
        var complaints = new ConcurrentBag<string>();
        var table = new ReadersTable($"{reader} accepted before and finds the same after", "of these prints the label");
        await Parallel.ForEachAsync(files, Two, async (file, _) =>
        {
            if (await readAsync(file.Original) is not { } before)
            {
                return;
            }

            var after = await readAsync(file.Labelled);
            var isAccepted = after is not null && isSame(before, after);
            var isPrinted = isAccepted && after!.Contains(TestLabels.Content().Label.ProduceId, StringComparison.Ordinal);
            table.Count(file.Format, isAccepted, isPrinted);
            if (!isAccepted || (!isPrinted && !blindTo.Contains(file.Format)))
            {
                complaints.Add($"{file.Format} {file.Original}: the same {isAccepted}, printed {isPrinted}");
            }
        });

        table.ShouldHaveRows(output);
        complaints.ShouldBeEmpty();
    }

    /// <summary>Kinds and codecs, in order.</summary>
    private static string Streams(string json)
    {
        using var document = JsonDocument.Parse(json);
        return string.Join(' ', document.RootElement.GetProperty("streams").EnumerateArray()
            .Select(static stream => stream.GetProperty("codec_type").GetString() + (stream.TryGetProperty("codec_name", out var name) ? ":" + name.GetString() : string.Empty)));
    }

    /// <summary>Kinds and formats, in order, of which a broken file may show more once its directory stands elsewhere; empty for a file of no format that it knows.</summary>
    private static string Tracks(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("media", out var media) && media.ValueKind is JsonValueKind.Object
            ? string.Join(' ', media.GetProperty("track").EnumerateArray().Where(static track => track.TryGetProperty("Format", out _))
                .Select(static track => track.GetProperty("@type").GetString() + ":" + track.GetProperty("Format").GetString()))
            : string.Empty;
    }

    /// <summary>By file: whether it complained, and everything that it printed. Of Matroska it reads what stands behind the first cluster only with -ee, which others' files break.</summary>
    private async Task<Dictionary<string, (bool HasError, string Text)>> ExifToolAsync(Func<LabelledFile, string> pathOf)
    {
        var ofMatroska = corpus.Files.ToLookup(static file => string.Equals(file.Format, "Matroska", StringComparison.Ordinal), pathOf);
        return new([.. await ExifToolAsync(ofMatroska[false]), .. await ExifToolAsync(ofMatroska[true], "-ee")], StringComparer.Ordinal);
    }

    private async Task<Dictionary<string, (bool HasError, string Text)>> ExifToolAsync(IEnumerable<string> files, params string[] options)
    {
        var list = Path.Combine(corpus.Folder, "files.txt");
        await File.WriteAllLinesAsync(list, files);

        // Its exit code says that some file had an error, which some have. Copies are numbered, since JSON would keep one of several texts alone.
        var run = await Tool.RunAsync("exiftool", ["-json", .. options, "-a", "-G1:4", "-@", list]);
        if (run is not { Output.Length: > 0 })
        {
            return [];
        }

        using var json = JsonDocument.Parse(run.Value.Output);
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
}
