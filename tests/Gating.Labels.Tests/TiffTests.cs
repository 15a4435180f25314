using System.Text;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class TiffTests
{
    private static readonly string Theirs = LabelJson.WriteWrapped(TestLabels.Content("in-a-text").Label);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Nothing_moves_but_the_first_directory(bool isLittle, bool isBig)
    {
        var plain = TiffSamples.Of(isLittle, isBig, [(34675, 7, "no profile"u8.ToArray())], pages: 2);
        var header = isBig ? 16 : 8;
        var labelled = RoundTripTests.Write(plain, TestLabels.Content()).Bytes;
        labelled[header..plain.Length].ShouldBe(plain[header..]);
        labelled[..(header / 2)].ShouldBe(plain[..(header / 2)]);
    }

    [Theory]
    [InlineData((ushort)1)]
    [InlineData((ushort)7)]
    public void What_else_the_packet_says_stays_and_the_old_one_is_blanked(ushort type)
    {
        var labelled = RoundTripTests.Write(TiffSamples.Of(isLittle: true, isBig: false, [(700, type, Encoding.UTF8.GetBytes(TiffSamples.Xmp))]), TestLabels.Content()).Bytes;
        var text = Encoding.UTF8.GetString(labelled);
        text.Split("a camera").Length.ShouldBe(2);
        text.Split("<?xpacket begin").Length.ShouldBe(2);
    }

    [Fact]
    public void Labels_in_texts_are_read_and_blanked()
    {
        var file = TiffSamples.Of(isLittle: false, isBig: false, [(270, 2, Encoding.ASCII.GetBytes(Theirs + "\0"))], comment: Theirs);
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.Select(static label => label.Place).ShouldBe(["ImageDescription", "Exif UserComment"]);
        var (labelled, outcome) = RoundTripTests.Write(file, TestLabels.Content());
        outcome.After.Labels.ShouldHaveSingleItem().Place.ShouldBe("XMP TC260:AIGC");
        Encoding.Latin1.GetString(labelled).ShouldNotContain("in-a-text");
    }

    [Fact]
    public void Directories_that_run_in_a_circle_are_refused()
    {
        var file = TiffSamples.Of(isLittle: true, isBig: false, []);
        file.AsSpan(4, 4).CopyTo(file.AsSpan(file.Length - 4));
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Malformed);
    }

    [Fact]
    public void A_text_that_runs_into_a_directory_is_not_blanked_but_refused()
    {
        var file = TiffSamples.Of(isLittle: true, isBig: false, [(270, 2, Encoding.ASCII.GetBytes(Theirs))]);
        var entry = file.AsSpan().IndexOf((byte[])[0x0E, 0x01, 0x02, 0x00]);
        BitConverter.TryWriteBytes(file.AsSpan(entry + 4), file.Length - 16).ShouldBeTrue();
        using var output = new MemoryStream();
        var policy = LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate };
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), policy).ShouldBeOfType<LabelOutcome.Refused>();
    }
}
