using System.Text;
using Gating.Functions.Tests.World;
using Gating.Labels;
using Gating.Labels.Explicit;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The lawful exception: without the label that people see, and never without the other one or its record.</summary>
public sealed class ReleaseTests
{
    private const string Statement = """{"agreement":"2026-1","reason":"film production","recipient":"Secret Recipient"}""";

    private static readonly byte[] Picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 99 99\"><rect width=\"99\" height=\"99\"/></svg>"u8.ToArray();

    [Fact]
    public async Task It_leaves_on_a_statement_that_is_recorded_first_with_the_implicit_label_alone()
    {
        await using var world = await WorldAsync(app: true, tool: true);
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var kept = await studio.PutAsync(await BeginAsync(world, studio), Picture);
        ExplicitLabel.Read(new MemoryStream((await studio.GetAsync(kept.Text("file"))).Bytes)).ShouldBeOfType<ExplicitFinding.Found>();

        var released = await studio.ReleaseAsync(kept.Text("file"), Statement, Picture);
        released.Status.ShouldBe(200, released.ToString());
        ExplicitLabel.Read(new MemoryStream(released.Bytes)).ShouldNotBeOfType<ExplicitFinding.Found>();
        LabelReader.Read(new MemoryStream(released.Bytes)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Content.Label!.ProduceId.ShouldBe(kept.Text("content_id"));

        (await studio.ReleaseAsync(kept.Text("file"), Statement, Picture)).Bytes.ShouldBe(released.Bytes);
        (await studio.ReleaseAsync(kept.Text("file"), Statement.Replace("film", "other", StringComparison.Ordinal), Picture)).Text("reason").ShouldBe("release_differs");
        (await studio.ReleaseAsync(kept.Text("file"), Statement.Replace("Secret", "Another", StringComparison.Ordinal), Picture)).Text("reason").ShouldBe("release_differs");
        (await studio.ReleaseAsync(kept.Text("file"), Statement, [.. Picture, (byte)'\n'])).Text("reason").ShouldBe("output_differs");
        (await studio.ReleaseAsync(kept.Text("file"), "{}", Picture)).Text("reason").ShouldBe("release_malformed");
        await world.LogAsync();
        (await studio.IdentifyAsync(released.Bytes)).Text("content_id").ShouldBe(kept.Text("content_id"));

        var stream = await world.StreamOfAsync("artist");
        var entry = (await world.EntriesAsync(stream)).Single(one => one.Kind is EntryKind.ReleasedUnlabelled);
        Encoding.UTF8.GetString(entry.Public.Span).ShouldContain("film production");
        Encoding.UTF8.GetString(entry.Public.Span).ShouldNotContain("Secret");
        entry.Sealed.IsEmpty.ShouldBeFalse();
        await world.ShouldBeSoundAsync(stream);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task It_needs_the_permission_of_the_app_and_of_the_tool(bool app, bool tool)
    {
        await using var world = await WorldAsync(app, tool);
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var kept = await studio.PutAsync(await BeginAsync(world, studio), Picture);
        (await studio.ReleaseAsync(kept.Text("file"), Statement, Picture)).Text("reason").ShouldBe("release_not_allowed");
        (await world.EntriesAsync(await world.StreamOfAsync("artist"))).ShouldNotContain(entry => entry.Kind == EntryKind.ReleasedUnlabelled);
    }

    private static Task<GateWorld> WorldAsync(bool app, bool tool) => GateWorld.StartAsync(registry: registry =>
    {
        var labelling = TestRegistry.NewLabelling("applied", "image/svg+xml");
        labelling["allowsUnlabelled"] = tool;
        registry["tools"]![0]!["labelling"] = labelling;
        registry["apps"]![0]!["mayReleaseUnlabelled"] = app;
    });

    private static async Task<string> BeginAsync(GateWorld world, StudioCall studio) => await studio.BeginOneAsync((await world.Call(world.IdToken("artist")).GrantAsync()));
}
