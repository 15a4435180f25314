using System.Text;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class GifTests
{
    private static readonly string Old = LabelJson.Write(TestLabels.Content("old").Label);

    [Fact]
    public void The_older_version_becomes_the_one_that_has_extensions()
    {
        var file = Labelled(GifSamples.File("GIF87a", GifSamples.Image, GifSamples.End));
        file.AsSpan(0, 6).ToArray().ShouldBe("GIF89a"u8.ToArray());
        file[^(GifSamples.Image.Length + 1)..].ShouldBe([.. GifSamples.Image, .. GifSamples.End]);
    }

    [Fact]
    public void Nothing_comes_between_an_image_and_what_controls_it()
    {
        var file = Labelled(GifSamples.File("GIF89a", GifSamples.Control, GifSamples.Image, GifSamples.End));
        file.AsSpan(6 + GifSamples.Screen.Length, 14).ToArray().ShouldBe([0x21, 0xFF, 11, .. "XMP DataXMP"u8]);
        file[^(GifSamples.Control.Length + GifSamples.Image.Length + 1)..].ShouldBe([.. GifSamples.Control, .. GifSamples.Image, .. GifSamples.End]);
    }

    [Fact]
    public void A_reader_that_takes_XMP_for_sub_blocks_arrives_at_its_end()
    {
        var file = Labelled(GifSamples.File("GIF89a", GifSamples.Image, GifSamples.End));
        var at = 6 + GifSamples.Screen.Length + 14;
        while (file[at] != 0)
        {
            at += 1 + file[at];
        }

        file[(at + 1)..].ShouldBe([.. GifSamples.Image, .. GifSamples.End]);
    }

    [Fact]
    public void A_comment_that_holds_a_label_is_read_and_left_out_and_another_stays()
    {
        var file = GifSamples.File("GIF89a", GifSamples.Comment("by hand"), GifSamples.Comment($$"""{"AIGC":{{Old}}}"""), GifSamples.Image, GifSamples.End);
        var found = LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem();
        (found.Place, found.IsUsualPlace, found.Content.Label!.ProduceId).ShouldBe(("comment", false, "old"));
        var labelled = Labelled(file);
        labelled.AsSpan().IndexOf("by hand"u8).ShouldBeGreaterThan(0);
        labelled.AsSpan().IndexOf("old"u8).ShouldBe(-1);
    }

    [Fact]
    public void XMP_in_sub_blocks_is_read_as_well()
    {
        var file = GifSamples.File("GIF89a", [0x21, 0xFF, 11, .. "XMP DataXMP"u8, .. GifSamples.SubBlocks(RiffSamples.XmpOfLabel(Old))], GifSamples.Image, GifSamples.End);
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Content.Label!.ProduceId.ShouldBe("old");
        Encoding.UTF8.GetString(Labelled(file)).ShouldContain("a pen");
    }

    [Fact]
    public void A_C2PA_store_is_seen()
    {
        var file = GifSamples.File("GIF89a", [0x21, 0xFF, 11, .. "C2PA_GIF"u8, 1, 0, 0, 2, 1, 2, 0], GifSamples.Image, GifSamples.End);
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.HasC2pa.ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_ends_without_its_trailer_is_labelled() =>
        Labelled(GifSamples.File("GIF89a", GifSamples.Image))[^1].ShouldBe((byte)0);

    [Fact]
    public void A_file_that_ends_within_an_image_is_truncated() =>
        LabelReader.Read(new MemoryStream(GifSamples.File("GIF89a", GifSamples.Image[..^2]))).ShouldBeOfType<ReadOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Truncated);

    private static byte[] Labelled(byte[] file) => RoundTripTests.Write(file, TestLabels.Content()).Bytes;
}
