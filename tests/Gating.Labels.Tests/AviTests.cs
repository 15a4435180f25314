using System.Text;
using Gating.Labels.Riff;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;
using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests;

public sealed class AviTests
{
    private static readonly string Old = LabelJson.Write(TestLabels.Content("old").Label);

    [Fact]
    public void The_label_takes_the_place_of_filling_and_nothing_moves()
    {
        var source = Sample.All.Single(static sample => sample is { Format: "AVI", What: "of several RIFFs" }).Bytes;
        var file = RoundTripTests.Write(source, TestLabels.Content()).Bytes;
        file.Length.ShouldBe(source.Length);
        var frames = source.AsSpan().IndexOf("movi"u8);
        file.AsSpan(frames).ToArray().ShouldBe(source.AsSpan(frames).ToArray());
        var end = BitConverter.ToInt32(file, 4) + 8;
        RiffChunk.ReadAll(new(new MemoryStream(file)), 12, end).Select(static chunk => chunk.Id).ShouldBe(["LIST", "LIST", "JUNK", "LIST", "idx1"]);
    }

    [Fact]
    public void Without_filling_it_comes_behind_everything_that_an_index_points_at()
    {
        var source = File("AVI ", AviSamples.Header, AviSamples.Frames, AviSamples.Index);
        var file = RoundTripTests.Write(source, TestLabels.Content()).Bytes;
        file.AsSpan(12, source.Length - 12).ToArray().ShouldBe(source.AsSpan(12).ToArray());
        BitConverter.ToInt32(file, 4).ShouldBe(file.Length - 8);
    }

    [Fact]
    public void Several_RIFFs_without_filling_are_refused()
    {
        using var output = new MemoryStream();
        var refused = LabelWriter.Write(new MemoryStream(AviSamples.OpenDml(new byte[64])), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>();
        refused.Reason.ShouldBe(LabelRefusal.Unsupported);
        refused.Detail.ShouldContain("several RIFFs");
    }

    [Fact]
    public void A_label_that_others_put_before_the_frames_becomes_filling()
    {
        var source = File("AVI ", AviSamples.Header, List("INFO", Text("ISFT", "a pen"), Text("ICMT", Old)), Chunk("_PMX", XmpOfLabel(Old), Encoding.ASCII.GetBytes(new string(' ', 300))), AviSamples.Frames, AviSamples.Index);
        var before = LabelReader.Read(new MemoryStream(source)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels;
        before.Select(static label => (label.Place, label.IsUsualPlace)).ShouldBe([("LIST INFO ICMT", false), ("XMP TC260:AIGC", false)]);

        var file = RoundTripTests.Write(source, TestLabels.Content()).Bytes;
        file.AsSpan().IndexOf("movi"u8).ShouldBe(source.AsSpan().IndexOf("movi"u8));
        file.AsSpan().IndexOf("a pen"u8).ShouldBe(source.AsSpan().IndexOf("a pen"u8));
        file.AsSpan().IndexOf(">a pen<"u8).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_longer_label_finds_room_where_the_shorter_one_had_it()
    {
        var source = File("AVI ", AviSamples.Header, Chunk("JUNK", new byte[1016]), AviSamples.Frames, AviSamples.Index);
        var once = RoundTripTests.Write(source, TestLabels.Content("a")).Bytes;
        var twice = RoundTripTests.Write(once, TestLabels.Content(new string('b', 100))).Bytes;
        twice.Length.ShouldBe(source.Length);
        RoundTripTests.Write(twice, TestLabels.Content("a")).Bytes.ShouldBe(once);
    }
}
