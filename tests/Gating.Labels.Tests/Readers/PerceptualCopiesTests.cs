using System.Globalization;
using Gating.Labels.Perceptual;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests.Readers;

/// <summary>What is claimed of the hash, measured: copies are near, everything else is far.</summary>
public sealed class PerceptualCopiesTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-looks-");

    private int _farthest;
    private int _apart;

    public void Dispose() => _folder.Delete(recursive: true);

    [ReaderFact("ffmpeg")]
    public async Task Copies_are_near_and_two_hundred_others_are_far()
    {
        var count = await ManyPictures.CreateAsync(_folder.FullName);
        count.ShouldBeGreaterThanOrEqualTo(200);
        foreach (var (name, arguments) in ((string, string[])[])
            [("q2", ["-q:v", "2"]), ("q5", ["-q:v", "5"]), ("small", ["-vf", "scale=iw*0.6:ih*0.6"]), ("smallq5", ["-vf", "scale=iw*0.6:ih*0.6", "-q:v", "5"])])
        {
            await ManyPictures.CopyAsync(_folder.FullName, Path.Combine(_folder.FullName, $"{name}-%03d.{(name.Contains('q', StringComparison.Ordinal) ? "jpg" : "png")}"), arguments);
        }

        var originals = Enumerable.Range(1, count).Select(number => (Number: number, Look: Look($"{number:D3}.png"))).ToArray();
        var indexed = originals.Where(static picture => picture.Look is { CanBeIndexed: true }).ToArray();
        await Parallel.ForEachAsync(indexed.Where(static (_, i) => i % 5 == 0), async (picture, _) => await Tool.RunAsync(
            "ffmpeg", "-v", "error", "-nostdin", "-y", "-i", FileOf($"{picture.Number:D3}.png"), "-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse", FileOf($"{picture.Number:D3}.gif")));

        output.WriteLine($"{count} pictures, {indexed.Length} are indexed, {originals.Count(static picture => picture.Look is null)} have no hash");
        output.WriteLine("copy                    number  nearest  median  farthest  without a band in common  within 7");
        Show("JPEG, quality 2", indexed.Select(picture => (picture.Look, Look($"q2-{picture.Number:D3}.jpg"))));
        Show("JPEG, quality 5", indexed.Select(picture => (picture.Look, Look($"q5-{picture.Number:D3}.jpg"))));
        Show("PNG, 60 %", indexed.Select(picture => (picture.Look, Look($"small-{picture.Number:D3}.png"))));
        Show("JPEG, quality 5, 60 %", indexed.Select(picture => (picture.Look, Look($"smallq5-{picture.Number:D3}.jpg"))));
        Show("that, of JPEG", indexed.Select(picture => (Look($"q2-{picture.Number:D3}.jpg"), Look($"smallq5-{picture.Number:D3}.jpg"))));
        Show("GIF, 256 colours", indexed.Where(static (_, i) => i % 5 == 0).Select(picture => (picture.Look, Look($"{picture.Number:D3}.gif"))));
        indexed.Length.ShouldBeGreaterThan(count / 2);

        var hashes = originals.Where(static picture => picture.Look is not null).Select(static picture => picture.Look!.Hash).ToArray();
        var distances = indexed.SelectMany((picture, i) => hashes.Select(other => other.Distance(picture.Look!.Hash)).Where(static distance => distance > 0).Order().Take(1)).Order().ToArray();
        output.WriteLine($"another picture: nearest {distances[0]} of 128, {hashes.Length * indexed.Length} pairs");
        hashes.Distinct().Count().ShouldBe(hashes.Length);
        distances[0].ShouldBeGreaterThan(PerceptualHash.Near);
        _farthest.ShouldBeLessThanOrEqualTo(PerceptualHash.Near);
        _apart.ShouldBe(0);
    }

    /// <summary>Progressive files and restarts, which ffmpeg reads and does not write.</summary>
    [ReaderFact("ffmpeg")]
    public async Task A_JPEG_looks_as_its_pixels_do()
    {
        var (compared, farthest) = (0, 0);
        foreach (var file in Corpora.Has("media/MANIFEST.csv") ? Corpora.Files("media").Where(static file => file.EndsWith(".jpg", StringComparison.Ordinal)) : [])
        {
            var pixels = FileOf("pixels.png");
            if (LookOf(file) is { CanBeIndexed: true } look && await Tool.RunAsync("ffmpeg", "-v", "error", "-nostdin", "-y", "-noautorotate", "-i", file, "-frames:v", "1", "-pix_fmt", "rgb24", pixels) is { IsGood: true })
            {
                var distance = LookOf(pixels)!.Hash.Distance(look.Hash);
                distance.ShouldBeLessThanOrEqualTo(PerceptualHash.Near, file);
                (compared, farthest) = (compared + 1, Math.Max(farthest, distance));
            }
        }

        output.WriteLine($"{compared} compared, at most {farthest} bits apart");
    }

    private static PerceptualOutcome.Hashed? LookOf(string file)
    {
        using var input = File.OpenRead(file);
        return PerceptualHash.Of(input) as PerceptualOutcome.Hashed;
    }

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private PerceptualOutcome.Hashed? Look(string name) => LookOf(FileOf(name));

    private void Show(string what, IEnumerable<(PerceptualOutcome.Hashed? Original, PerceptualOutcome.Hashed? Copy)> pairs)
    {
        var all = pairs.ToArray();
        all.ShouldAllBe(static pair => pair.Original != null && pair.Copy != null, what);
        var distances = all.Select(static pair => pair.Original!.Hash.Distance(pair.Copy!.Hash)).Order().ToArray();
        var near = distances.Count(static distance => distance <= PerceptualHash.SharesBand);
        var apart = all.Count(static pair => !pair.Original!.Hash.Bands.Intersect(pair.Copy!.Hash.Bands).Any());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-24} {distances.Length,5} {distances[0],8} {distances[distances.Length / 2],7} {distances[^1],9} {apart,9} {near,9}"));
        _farthest = Math.Max(_farthest, distances[^1]);
        _apart += apart;
    }
}
