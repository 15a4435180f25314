using Gating.Labels.Matroska;
using Gating.Labels.Media;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class MatroskaTests
{
    [Theory]
    [InlineData("with a seek head, room behind it, and cues", false)]
    [InlineData("with tags in front", false)]
    [InlineData("with tags at the end, and checksums", false)]
    [InlineData("with tags and a room behind them", false)]
    [InlineData("without any places", true)]
    public void Clusters_keep_their_places_in_the_segment_where_places_are_named(string what, bool mayMove)
    {
        var sample = SampleOf(what);
        var labelled = RoundTripTests.Write(sample, TestLabels.Content()).Bytes;
        var (before, after) = (MatroskaFile.Of(new(new MemoryStream(sample))), MatroskaFile.Of(new(new MemoryStream(labelled))));
        if (!mayMove)
        {
            (after.FirstCluster - after.DataStart).ShouldBe(before.FirstCluster - before.DataStart);
        }

        var cluster = EbmlElement.At(new MediaSource(new MemoryStream(sample)), before.FirstCluster, sample.Length);
        labelled.AsSpan().IndexOf(sample.AsSpan((int)cluster.Offset, (int)(cluster.End - cluster.Offset))).ShouldBe((int)after.FirstCluster);
    }

    [Theory]
    [InlineData("with a seek head, room behind it, and cues")]
    [InlineData("with tags in front")]
    public void The_seek_head_names_the_tags_where_they_are_now(string what)
    {
        var labelled = RoundTripTests.Write(SampleOf(what), TestLabels.Content()).Bytes;
        var source = new MediaSource(new MemoryStream(labelled));
        var file = MatroskaFile.Of(source);
        var entry = labelled.AsSpan().IndexOf((byte[])[0x53, 0xAB, 0x84, 0x12, 0x54, 0xC3, 0x67, 0x53, 0xAC]);
        entry.ShouldBeGreaterThan(0);
        var at = EbmlElement.At(source, entry + 7, labelled.Length);
        var position = 0L;
        for (var i = 0; i < at.Size; i++)
        {
            position = (position << 8) | labelled[at.ContentOffset + i];
        }

        EbmlElement.At(source, file.DataStart + position, labelled.Length).Id.ShouldBe(MatroskaFile.Tags);
        file.End.ShouldBe(labelled.Length);
    }

    [Fact]
    public void Tags_that_have_room_behind_them_grow_where_they_are()
    {
        var sample = SampleOf("with tags and a room behind them");
        RoundTripTests.Write(sample, TestLabels.Content()).Bytes.Length.ShouldBe(sample.Length);
    }

    [Fact]
    public void Other_tags_stay_and_labels_of_others_go()
    {
        var theirs = Tag("AIGC", LabelJson.Write(TestLabels.Content("their-id").Label));
        var file = MatroskaSamples.Of("x", MatroskaSamples.Segment(
            MatroskaSamples.Master(MatroskaFile.Tags, [MatroskaSamples.Master(0x7373, [Tag("ENCODER", "a test"), theirs])]),
            MatroskaSamples.Master(MatroskaFile.Cluster, [MatroskaSamples.Of(0xE7, [0])]),
            MatroskaSamples.Master(MatroskaFile.Tags, [MatroskaSamples.Master(0x7373, [theirs])]))).Bytes;
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.Length.ShouldBe(2);
        var labelled = RoundTripTests.Write(file, TestLabels.Content()).Bytes.AsSpan();
        labelled.IndexOf("a test"u8).ShouldBeGreaterThan(0);
        labelled.IndexOf("their-id"u8).ShouldBe(-1);
    }

    private static byte[] SampleOf(string what) => MatroskaSamples.All.Single(sample => string.Equals(sample.What, what, StringComparison.Ordinal)).Bytes;

    private static byte[] Tag(string name, string value) => MatroskaSamples.Master(0x67C8, [MatroskaSamples.Of(0x45A3, System.Text.Encoding.ASCII.GetBytes(name)), MatroskaSamples.Of(0x4487, System.Text.Encoding.ASCII.GetBytes(value))]);
}
