using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests.Readers;

/// <summary>Labels that others' programs wrote are read, whatever program it was and wherever it put them.</summary>
public sealed class StrangersTests(ITestOutputHelper output)
{
    private const string Json = """{"Label":"1","ContentProducer":"001191440300708461136T1XGW3","ProduceID":"their-id","ReservedCode1":"","ContentPropagator":"001191440300708461136T1XGW3","PropagateID":"their-id","ReservedCode2":""}""";
    private const string Wrapped = $$"""{"AIGC":{{Json}}}""";

    private const string ExifToolConfig = """
        %Image::ExifTool::UserDefined = ('Image::ExifTool::XMP::Main' => { TC260 => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::TC260' } } });
        %Image::ExifTool::UserDefined::TC260 = (GROUPS => { 0 => 'XMP', 1 => 'XMP-TC260', 2 => 'Other' }, NAMESPACE => { 'TC260' => 'http://www.tc260.org.cn/ns/AIGC/1.0/' }, WRITABLE => 'string', AIGC => { });
        1;
        """;

    private const string Mutagen = """
        import sys, mutagen, mutagen.id3
        file = mutagen.File(sys.argv[1])
        if file.tags is None: file.add_tags()
        if isinstance(file.tags, mutagen.id3.ID3): file.tags.add(mutagen.id3.TXXX(encoding=3, desc='AIGC', text=[sys.argv[2]]))
        elif sys.argv[1].endswith('.m4a'): file.tags['----:com.apple.iTunes:AIGC'] = sys.argv[2].encode()
        else: file.tags['AIGC'] = sys.argv[2]
        file.save()
        """;

    [ReaderFact("exiftool", "ffmpeg")]
    public async Task ExifTool_XMP_and_UserComment()
    {
        var config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, ExifToolConfig);
        await ShouldBeReadAsync(["png", "jpg", "gif", "tiff", "webp", "mp4", "mov"], (file, _) => Tool.RunAsync("exiftool", "-config", config, "-overwrite_original", $"-XMP-TC260:AIGC={Json}", file));
        await ShouldBeReadAsync(["jpg", "webp", "png"], static (file, _) => Tool.RunAsync("exiftool", "-overwrite_original", $"-EXIF:UserComment={Wrapped}", file));
        File.Delete(config);
    }

    [ReaderFact("ffmpeg")]
    public async Task Ffmpeg_metadata() =>
        await ShouldBeReadAsync(["mkv", "webm", "flv", "mp3", "flac", "ogg", "opus", "mp4", "mov", "m4a"], static (file, copy) =>
            Tool.RunAsync("ffmpeg", "-v", "error", "-nostdin", "-i", file, "-c", "copy", "-metadata", $"AIGC={Json}", "-metadata:s", $"AIGC={Json}", "-movflags", "use_metadata_tags", copy));

    [ReaderFact("ffmpeg", "mutagen-inspect")]
    public async Task Mutagen_TXXX_and_comments() =>
        await ShouldBeReadAsync(["mp3", "wav", "flac", "ogg", "opus", "m4a"], static (file, _) => Tool.RunAsync("/usr/bin/python3", "-c", Mutagen, file, Json));

    /// <summary>The stranger labels the file, or the copy that it makes of it.</summary>
    private async Task ShouldBeReadAsync(string[] endings, Func<string, string, Task<(bool IsGood, string Output)?>> labelAsync)
    {
        var folder = Directory.CreateTempSubdirectory("gating-strangers-");
        var made = await MadeFiles.CreateAsync(folder);
        var complaints = new List<string>();
        foreach (var ending in endings)
        {
            var file = made.SingleOrDefault(path => Path.GetFileName(path).Equals("made." + ending, StringComparison.Ordinal)).ShouldNotBeNull($"ffmpeg makes no {ending}");
            var copy = Path.Combine(folder.FullName, "copy." + ending);
            (await labelAsync(file, copy)).ShouldNotBeNull().IsGood.ShouldBeTrue(ending);
            await using var input = File.OpenRead(File.Exists(copy) ? copy : file);
            var labels = LabelReader.Read(input) is ReadOutcome.Read { Report.Labels: var found } ? found : [];
            output.WriteLine($"{ending,-6} {string.Join("; ", labels.Select(static label => label.Place))}");
            if (!labels.Any(static label => label.Content is { Label.ProduceId: "their-id", Defects.IsEmpty: true }))
            {
                complaints.Add(ending);
            }
        }

        folder.Delete(recursive: true);
        complaints.ShouldBeEmpty();
    }
}
