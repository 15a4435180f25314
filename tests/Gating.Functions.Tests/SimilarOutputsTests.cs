using System.Globalization;
using Gating.Functions.Tests.World;
using Gating.Labels.Perceptual;
using Gating.Labels.Tests.Readers;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>A copy that lost its label, was encoded anew and made smaller is found by its look; nothing else is.</summary>
public sealed class SimilarOutputsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-similar-");
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(
            registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling(mediaTypes: ["image/png", "image/jpeg"]),
            configure: static builder => builder.Configuration.AddInMemoryCollection([new("Gating:IdentifyPerMinute", "1000")]));
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [ReaderFact("ffmpeg")]
    public async Task Copies_without_their_label_are_found_and_two_hundred_other_pictures_are_not()
    {
        var count = await ManyPictures.CreateAsync(_folder.FullName);
        int[] kept = [.. Enumerable.Range(3, count).Where(number => PerceptualHash.Of(new MemoryStream(Bytes($"{number:D3}.png"))) is PerceptualOutcome.Hashed { CanBeIndexed: true }).Take(2)];
        var png = await KeepAsync("png", kept[0], []);
        var jpeg = await KeepAsync("jpg", kept[1], ["-q:v", "2"]);
        await _world.LogAsync();

        foreach (var (content, labelled) in ((string, string)[])[png, jpeg])
        {
            await ShouldBeSimilarAsync(content, labelled, "jpg", ["-q:v", "5"]);
            await ShouldBeSimilarAsync(content, labelled, "jpg", ["-vf", "scale=iw*0.6:ih*0.6", "-q:v", "5"]);
            await ShouldBeSimilarAsync(content, labelled, "png", ["-vf", "scale=iw*0.6:ih*0.6"]);
            (await _studio.IdentifyAsync(Bytes(labelled))).Text("record").ShouldBe("identical");

            // The label is still there, and one byte more.
            (await _studio.IdentifyAsync([.. Bytes(labelled), 0])).Text("record").ShouldBe("similar");
        }

        var others = Enumerable.Range(1, count).Except(kept).ToArray();
        foreach (var number in others)
        {
            var said = await _studio.IdentifyAsync(Bytes($"{number:D3}.png"));
            (said.Text("state"), said.Text("record")).ShouldBe(("none", "none"), number.ToString(CultureInfo.InvariantCulture));
        }

        output.WriteLine($"{others.Length} other pictures: none is taken for an output");
    }

    private async Task<(string Content, string Labelled)> KeepAsync(string extension, int number, string[] arguments)
    {
        await ConvertAsync($"{number:D3}.png", $"source.{extension}", arguments);
        var begun = await _studio.BeginOneAsync((await _world.Call(_world.IdToken("painter")).GrantAsync()));
        var put = await _studio.PutAsync(begun, Bytes($"source.{extension}"));
        put.Status.ShouldBe(201, put.ToString());
        await File.WriteAllBytesAsync(FileOf($"labelled.{extension}"), (await _studio.GetAsync(put.Text("file"))).Bytes);
        return (put.Text("content_id"), $"labelled.{extension}");
    }

    private async Task ShouldBeSimilarAsync(string content, string labelled, string extension, string[] arguments)
    {
        await ConvertAsync(labelled, $"copy.{extension}", arguments);
        var said = await _studio.IdentifyAsync(Bytes($"copy.{extension}"));
        said.Json.GetProperty("labels").GetArrayLength().ShouldBe(0);
        (said.Text("state"), said.Text("record"), said.Text("content_id")).ShouldBe(("suspected", "similar", content), $"{labelled} {string.Join(' ', arguments)}");
        output.WriteLine($"{labelled} as {extension} {string.Join(' ', arguments)}: {said.Json.GetProperty("distance")} bits apart");
    }

    private async Task ConvertAsync(string from, string to, string[] arguments) =>
        (await Tool.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", FileOf(from), "-map_metadata", "-1", .. arguments, FileOf(to)])).ShouldNotBeNull().IsGood.ShouldBeTrue();

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private byte[] Bytes(string name) => File.ReadAllBytes(FileOf(name));
}
