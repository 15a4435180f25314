using System.Text;
using Gating.Labels.Flac;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What is special to FLAC.</summary>
public sealed class FlacTests
{
    private static readonly string Json = LabelJson.Write(TestLabels.Content().Label);

    [Fact]
    public void Behind_streaminfo_that_was_last_the_comment_is_last()
    {
        var (labelled, _) = RoundTripTests.Write(FlacSamples.File((0, FlacSamples.StreamInfo)), TestLabels.Content());
        FlacBlock.ReadAll(new(new MemoryStream(labelled)), 0).Select(static block => (block.Type, block.IsLast)).ShouldBe([(FlacBlock.StreamInfo, false), (FlacBlock.VorbisComment, true)]);
        labelled.AsSpan().EndsWith(FlacSamples.Frame).ShouldBeTrue();
    }

    [Fact]
    public void Other_comments_and_blocks_survive()
    {
        var (labelled, _) = RoundTripTests.Write(FlacSamples.File((0, FlacSamples.StreamInfo), (4, FlacSamples.Comment), (2, "app-data"u8.ToArray())), TestLabels.Content());
        var text = Encoding.Latin1.GetString(labelled);
        text.ShouldContain("TITLE=silence");
        text.ShouldContain("app-data");
    }

    [Fact]
    public void A_prefix_of_id3_stays_byte_for_byte_but_for_a_label_in_it()
    {
        var store = Mp3Samples.Tag(4, 0, Mp3Samples.Frame4("GEOB", [0, .. "application/c2pa\0\0\0"u8, 1, 2, 3]));
        var flac = FlacSamples.File((0, FlacSamples.StreamInfo));
        LabelReader.Read(new MemoryStream([.. store, .. flac])).ShouldBeOfType<ReadOutcome.Read>().Report.HasC2pa.ShouldBeTrue();
        RoundTripTests.Write([.. store, .. flac], TestLabels.Content(), LabelPolicy.Careful with { C2pa = C2paBinding.Break }).Bytes[..store.Length].ShouldBe(store);

        var label = Mp3Samples.Tag(4, 0, Mp3Samples.Frame4("TXXX", [3, .. "AIGC\0"u8, .. Encoding.ASCII.GetBytes(Json)]));
        var (labelled, outcome) = RoundTripTests.Write([.. label, .. flac], TestLabels.Content());
        outcome.Before.Labels.ShouldHaveSingleItem().Place.ShouldBe("ID3 TXXX AIGC");
        outcome.After.Labels.ShouldHaveSingleItem().Place.ShouldBe("Vorbis comment AIGC");
        labelled.AsSpan(label.Length).StartsWith("fLaC"u8).ShouldBeTrue();
    }

    [Fact]
    public void Of_two_comments_one_keeps_the_label()
    {
        byte[] comment = [0, 0, 0, 0, 1, 0, 0, 0, (byte)(5 + Json.Length), (byte)((5 + Json.Length) >> 8), 0, 0, .. "aigc="u8, .. Encoding.ASCII.GetBytes(Json)];
        var (_, outcome) = RoundTripTests.Write(FlacSamples.File((0, FlacSamples.StreamInfo), (4, comment), (4, comment)), TestLabels.Content());
        outcome.Before.Labels.Length.ShouldBe(2);
        outcome.After.Labels.ShouldHaveSingleItem();
    }
}
