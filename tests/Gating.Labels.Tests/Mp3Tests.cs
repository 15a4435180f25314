using System.Text;
using Gating.Labels.Id3;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;
using static Gating.Labels.Tests.Samples.Mp3Samples;

namespace Gating.Labels.Tests;

/// <summary>What is special to MP3 and ID3.</summary>
public sealed class Mp3Tests
{
    private const string Xmp =
        """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:a="http://www.tc260.org.cn/ns/AIGC/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="tape" a:AIGC='LABEL'/></rdf:RDF></x:xmpmeta>""";

    private static readonly string Json = LabelJson.Write(TestLabels.Content().Label);

    private static byte[] Ascii => Encoding.ASCII.GetBytes(Json);

    public static TheoryData<string, byte[], byte[]> Labelled => new()
    {
        { "ID3 TXXX AIGC", Tag(3, 0, Frame3("TXXX", [0, .. "AIGC\0"u8, .. Ascii])), [] },
        { "ID3 TXXX AIGC", Tag(3, 0, Frame3("TXXX", [1, 0xFF, 0xFE, .. Encoding.Unicode.GetBytes("aigc\0"), 0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Json)])), [] },
        { "ID3 TXXX AIGC", Tag(4, 0, Frame4("TXXX", [0, 0, 0, 0, 3, .. "AIGC\0"u8, .. Ascii], 1)), [] },
        { "ID3 TXXX AIGC", Tag(3, 0, Frame3("TXXX", [0, 0, 1, 0, .. PngSamples.Packed([0, .. "AIGC\0"u8, .. Ascii])], 0x80)), [] },
        { "ID3 TXXX text", Tag(4, 0, Frame4("TXXX", [3, .. "note\0"u8, .. Encoding.ASCII.GetBytes($$"""{"AIGC":{{Json}}}""")])), [] },
        { "ID3 COMM text", Tag(3, 0, Frame3("COMM", [0, .. "eng\0"u8, .. Encoding.ASCII.GetBytes($$"""{"AIGC":{{Json}}}""")])), [] },
        { "ID3 PRIV XMP TC260:AIGC", Tag(3, 0, Frame3("PRIV", [.. "XMP\0"u8, .. Encoding.UTF8.GetBytes(Xmp.Replace("LABEL", Json, StringComparison.Ordinal))])), [] },
        { "ID3 TXXX AIGC", [.. Tag(3, 0, []), .. Tag(4, 0, Frame4("TXXX", [3, .. "AIGC\0"u8, .. Ascii]))], [] },
        { "ID3 TXXX AIGC", [], Tag(4, 0x10, Frame4("TXXX", [3, .. "AIGC\0"u8, .. Ascii])) },
        { "APE AIGC", [], [.. Ape(("Title", "t"), ("AIGC", Json)), .. Id3v1("kept")] },
    };

    [Theory]
    [MemberData(nameof(Labelled))]
    public void A_label_is_read_wherever_it_stands_and_does_not_stay_beside_ours(string place, byte[] before, byte[] after)
    {
        byte[] file = [.. before, .. Audio, .. after];
        var found = Read(file).Labels.ShouldHaveSingleItem();
        found.Place.ShouldBe(place);
        found.Content.Label.ShouldBe(TestLabels.Content().Label);

        var (labelled, outcome) = RoundTripTests.Write(file, TestLabels.Content("new"));
        outcome.After.Labels.ShouldHaveSingleItem().Place.ShouldBe("ID3 TXXX AIGC");
        labelled.AsSpan().IndexOf(Audio).ShouldBeGreaterThan(0);
        Encoding.Latin1.GetString(labelled).ShouldNotContain(TestLabels.Content().Label.ProduceId);
    }

    [Fact]
    public void An_id3v1_comment_that_speaks_of_a_label_is_reported_and_blanked()
    {
        byte[] file = [.. Audio, .. Id3v1("""{"AIGC":{"Label":"1"}}""")];
        Read(file).Labels.ShouldHaveSingleItem().Place.ShouldBe("ID3v1 comment");
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>();
    }

    [Fact]
    public void A_bare_file_gets_a_tag_in_front_and_nothing_else()
    {
        var (labelled, _) = RoundTripTests.Write(Audio, TestLabels.Content());
        var header = Id3Header.At(new(new MemoryStream(labelled)), 0)!.Value;
        header.Version.ShouldBe((byte)4);
        labelled[(int)header.End..].ShouldBe(Audio);
    }

    [Fact]
    public void Padding_is_used_up_before_the_audio_moves()
    {
        byte[] file = [.. Tag(3, 0, [.. Frame3("TIT2", [0, (byte)'x']), .. new byte[700]]), .. Audio];
        RoundTripTests.Write(file, TestLabels.Content()).Bytes.Length.ShouldBe(file.Length);
    }

    [Fact]
    public void Chapters_that_count_bytes_count_time_once_the_audio_has_moved()
    {
        byte[] times = [0, 0, 0, 0, 0, 0, 0, 9];
        byte[] chapter = [.. "one\0"u8, .. times, 0, 0, 0, 50, 0, 0, 0, 90];
        byte[] file = [.. Tag(3, 0, Frame3("CHAP", chapter)), .. Audio];
        var (labelled, _) = RoundTripTests.Write(file, TestLabels.Content());
        labelled.AsSpan().IndexOf((byte[])[.. "one\0"u8, .. times, .. Enumerable.Repeat((byte)0xFF, 8)]).ShouldBeGreaterThan(0);

        byte[] padded = [.. Tag(3, 0, [.. Frame3("CHAP", chapter), .. new byte[700]]), .. Audio];
        RoundTripTests.Write(padded, TestLabels.Content()).Bytes.AsSpan().IndexOf(chapter).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Unsynchronised_frames_keep_their_content()
    {
        byte[] content = [.. "x\0"u8, 0xFF, 0xE0, 0xFF, 0, 0xFF];
        byte[] file = [.. Tag(3, 0x80, Unsynchronisation.Apply(Frame3("PRIV", content))), .. Audio];
        var (labelled, _) = RoundTripTests.Write(file, TestLabels.Content());
        var header = Id3Header.At(new(new MemoryStream(labelled)), 0)!.Value;
        header.Flags.ShouldBe((byte)0x80);
        Unsynchronisation.Undo(labelled.AsSpan(10, header.Length)).AsSpan().IndexOf(content).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_c2pa_store_is_seen()
    {
        byte[] file = [.. Tag(3, 0, Frame3("GEOB", [0, .. "application/x-c2pa-manifest-store\0\0\0"u8, 1, 2, 3])), .. Audio];
        Read(file).HasC2pa.ShouldBeTrue();
    }

    [Fact]
    public void What_follows_xmp_in_a_private_frame_is_kept_without_the_label()
    {
        byte[] file = [.. Tag(3, 0, Frame3("PRIV", [.. "XMP\0"u8, .. Encoding.UTF8.GetBytes(Xmp.Replace("LABEL", Json, StringComparison.Ordinal))])), .. Audio];
        Encoding.UTF8.GetString(RoundTripTests.Write(file, TestLabels.Content()).Bytes).ShouldContain("tape");
    }

    [Fact]
    public void A_tag_of_id3v2_2_is_read_and_not_written()
    {
        byte[] frame = [.. "TXX"u8, 0, 0, (byte)(6 + Json.Length), 0, .. "AIGC\0"u8, .. Ascii];
        (frame[4], frame[5]) = ((byte)((6 + Json.Length) >> 8), (byte)(6 + Json.Length));
        byte[] file = [.. Tag(2, 0, frame), .. Audio];
        Read(file).Labels.ShouldHaveSingleItem().Content.Label.ShouldBe(TestLabels.Content().Label);
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);
    }

    [Fact]
    public void A_tag_before_something_else_is_no_mp3()
    {
        byte[] adts = [0xFF, 0xF1, 0x50, 0x40, 0x01, 0x1F, 0xFC, 0, 0xFF, 0xF1, 0x50, 0x40, 0x01, 0x1F, 0xFC, 0];
        LabelReader.Read(new MemoryStream([.. Tag(4, 0, Frame4("TIT2", [3, (byte)'x'])), .. adts])).ShouldBeOfType<ReadOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unrecognised);
    }

    [Fact]
    public void Tags_and_packed_frames_without_end_are_refused()
    {
        var packed = Frame3("TXXX", [0, 0, 1, 0, .. PngSamples.Packed([0, .. "x\0"u8])], 0x80);
        byte[][] tags = [[.. Enumerable.Repeat(Tag(4, 0, []), 9).SelectMany(static tag => tag)], Tag(3, 0, [.. Enumerable.Repeat(packed, 17).SelectMany(static frame => frame)])];
        foreach (var tag in tags)
        {
            LabelReader.Read(new MemoryStream([.. tag, .. Audio])).ShouldBeOfType<ReadOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);
        }
    }

    private static LabelReport Read(byte[] file) => LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report;
}
