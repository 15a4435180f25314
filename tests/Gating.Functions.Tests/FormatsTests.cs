using Gating.Functions.Tests.Local;
using Gating.Functions.Tests.World;
using Gating.Labels;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Every format goes in, and the labelled file comes out: its label names the output, to us and to the programs of others that are installed here.</summary>
public sealed class FormatsTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling("apps_own", SampleFiles.MediaTypes));
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Files_that_are_written_go_in_and_come_out_labelled() => ShouldComeOutLabelledAsync(SampleFiles.Written);

    [ShellFact("ffmpeg")]
    public async Task Files_that_ffmpeg_makes_go_in_and_come_out_labelled()
    {
        var (files, notMade) = await SampleFiles.MakeAsync(_folder.Path);
        await Console.Error.WriteLineAsync($"Not made by this ffmpeg, and not tried: {(notMade.Count == 0 ? "none" : string.Join(", ", notMade))}.");
        files.Count.ShouldBeGreaterThan(10);
        await ShouldComeOutLabelledAsync(files);
    }

    private async Task ShouldComeOutLabelledAsync(IReadOnlyList<SampleFile> files)
    {
        var grant = (await _world.Call(_world.IdToken("maker")).GrantAsync());
        var begun = await _studio.BeginAsync(grant, $$"""{"model":"m","model_version":"1","category":"other","outputs":{{files.Count}}}""");
        for (var i = 0; i < files.Count; i++)
        {
            var output = begun.Json.GetProperty("outputs")[i];
            await ShouldComeOutLabelledAsync(files[i], output.GetProperty("upload").GetString()!, output.GetProperty("content_id").GetString()!);
        }

        await _world.ShouldBeSoundAsync(await _world.StreamOfAsync("maker"));
    }

    private async Task ShouldComeOutLabelledAsync(SampleFile file, string address, string content)
    {
        var put = await _studio.PutAsync(address, file.Bytes);
        put.Status.ShouldBe(201, $"{file.Name}: {put}");
        put.Text("media_type").ShouldBe(file.MediaType, file.Name);
        var got = await _studio.GetAsync(put.Text("file"));
        got.Headers["Content-Type"].ShouldBe(file.MediaType, file.Name);
        var label = LabelReader.Read(new MemoryStream(got.Bytes)).ShouldBeOfType<ReadOutcome.Read>(file.Name).Report.Labels.ShouldHaveSingleItem(file.Name).Content.Label!;
        label.ProduceId.ShouldBe(content, file.Name);
        var said = await _studio.IdentifyAsync(got.Bytes);
        (said.Text("state"), said.Text("record"), said.Text("content_id")).ShouldBe(("confirmed", "identical", content), file.Name);
        await _world.LogAsync();
        (await _studio.IdentifyAsync(file.Bytes)).Text("record").ShouldBe("original", file.Name);

        var path = _folder.File("labelled-" + file.Name);
        await File.WriteAllBytesAsync(path, got.Bytes);
        foreach (var reader in file.Readers)
        {
            if (await SampleFiles.PrintAsync(reader, path) is { } printed)
            {
                printed.ShouldContain(content, customMessage: $"{reader} of {file.Name}");
            }
        }
    }
}
