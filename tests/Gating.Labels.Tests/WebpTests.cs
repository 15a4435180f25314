using System.Text;
using Gating.Labels.Riff;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;
using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests;

public sealed class WebpTests
{
    [Fact]
    public void A_simple_file_becomes_an_extended_one_of_the_same_canvas()
    {
        var file = Labelled(File("WEBP", WebpSamples.Lossy));
        file.AsSpan(12, 18).ToArray().ShouldBe(WebpSamples.Header(0x04));
        file.AsSpan(30, WebpSamples.Lossy.Length).ToArray().ShouldBe(WebpSamples.Lossy);
        file.AsSpan(30 + WebpSamples.Lossy.Length, 4).ToArray().ShouldBe("XMP "u8.ToArray());
        BitConverter.ToInt32(file, 4).ShouldBe(file.Length - 8);
    }

    [Fact]
    public void The_alpha_of_a_lossless_image_is_announced()
    {
        var opaque = WebpSamples.Lossless.ToArray();
        opaque[12] &= 0xEF;
        var clear = WebpSamples.Lossless.ToArray();
        clear[12] |= 0x10;
        Labelled(File("WEBP", opaque))[20].ShouldBe((byte)0x04);
        Labelled(File("WEBP", clear))[20].ShouldBe((byte)0x14);
    }

    [Fact]
    public void The_packet_stands_behind_Exif_and_before_what_nobody_knows()
    {
        var sample = Sample.All.Single(static sample => sample is { Format: "WebP", What: "extended, with Exif, XMP and an unknown chunk" });
        var file = Labelled(sample.Bytes);
        file[20].ShouldBe((byte)0x0C);
        Ids(file).ShouldBe(["VP8X", "VP8 ", "EXIF", "XMP ", "ABCD"]);
        Encoding.UTF8.GetString(file).ShouldContain("<dc:source>a pen</dc:source>");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_strangers_label_in_Exif_is_read_and_blanked(bool isNamed)
    {
        var text = Encoding.ASCII.GetBytes("ASCII\0\0\0" + LabelJson.WriteWrapped(TestLabels.Content("old").Label));
        byte[] exif = [.. isNamed ? "Exif\0\0"u8 : default, .. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x86, 0x92, 7, 0, .. Numbers((uint)text.Length, 26, 0), .. text];
        var file = File("WEBP", WebpSamples.Header(0x08), WebpSamples.Lossy, Chunk("EXIF", exif));
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Place.ShouldBe("Exif UserComment");
        Labelled(file).Length.ShouldBeGreaterThan(file.Length);
    }

    [Fact]
    public void A_packet_under_a_wrong_id_is_taken_over()
    {
        var file = Labelled(File("WEBP", WebpSamples.Header(0), WebpSamples.Lossy, Chunk("XMP\0", XmpOfLabel("{}"))), new(ForeignLabel.Refuse, C2paBinding.Refuse), LabelRefusal.LabelOfAnother);
        file.ShouldBeEmpty();
        Ids(Labelled(File("WEBP", WebpSamples.Header(0), WebpSamples.Lossy, Chunk("XMP\0", XmpOf(string.Empty))))).ShouldBe(["VP8X", "VP8 ", "XMP "]);
    }

    [Fact]
    public void A_C2PA_store_is_seen() =>
        Labelled(File("WEBP", WebpSamples.Lossy, Chunk("C2PA", [1, 2])), LabelPolicy.Careful, LabelRefusal.CarriesC2pa).ShouldBeEmpty();

    [Fact]
    public void A_file_whose_first_chunk_is_no_image_is_refused() =>
        Labelled(File("WEBP", Chunk("ALPH", [0, 0]), WebpSamples.Lossy), LabelPolicy.Careful, LabelRefusal.Malformed).ShouldBeEmpty();

    private static IEnumerable<string> Ids(byte[] file) => RiffChunk.ReadAll(new(new MemoryStream(file)), 12, file.Length).Select(static chunk => chunk.Id);

    private static byte[] Labelled(byte[] file) => RoundTripTests.Write(file, TestLabels.Content()).Bytes;

    private static byte[] Labelled(byte[] file, LabelPolicy policy, LabelRefusal refusal)
    {
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), policy).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(refusal);
        return output.ToArray();
    }
}
