using System.Text;
using Gating.Labels.Riff;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;
using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests;

public sealed class WavTests
{
    private static readonly string Old = LabelJson.Write(TestLabels.Content("old").Label);

    public static TheoryData<string> Strangers => [.. StrangersFiles.Keys];

    /// <summary>Files that carry a label where others put one, and what has to be left of it.</summary>
    private static readonly Dictionary<string, (byte[] Chunk, string Place, string[] Left)> StrangersFiles = new(StringComparer.Ordinal)
    {
        ["a chunk before the samples"] = (Chunk("AIGC", Encoding.ASCII.GetBytes(Old)), "chunk AIGC", []),
        ["an item of a list"] = (List("INFO", Text("AIGC", Old), Text("INAM", "silence")), "LIST INFO AIGC", ["LIST"]),
        ["a comment"] = (List("INFO", Text("ICMT", $$"""{"AIGC":{{Old}}}""")), "LIST INFO ICMT", []),
        ["XMP"] = (Chunk("_PMX", XmpOfLabel(Old)), "XMP TC260:AIGC", ["_PMX"]),
        ["ID3"] = (WavSamples.Id3("AIGC", Old, "03"), "ID3 TXXX AIGC", ["id3 "]),
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void A_label_elsewhere_is_read_and_left_out(string what)
    {
        var (chunk, place, left) = StrangersFiles[what];
        var file = File("WAVE", WavSamples.Format, chunk, WavSamples.Silence);
        var found = LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem();
        found.Place.ShouldBe(place);
        found.Content.Label!.ProduceId.ShouldBe("old");
        found.IsUsualPlace.ShouldBe(place is "chunk AIGC");

        var labelled = RoundTripTests.Write(file, TestLabels.Content()).Bytes;
        Ids(labelled).ShouldBe(["fmt ", .. left, "data", "AIGC"]);
        BitConverter.ToInt32(labelled, 4).ShouldBe(labelled.Length - 8);
    }

    [Fact]
    public void What_stood_beside_a_label_in_a_list_or_a_tag_stays()
    {
        var list = RoundTripTests.Write(File("WAVE", WavSamples.Format, StrangersFiles["an item of a list"].Chunk, WavSamples.Silence), TestLabels.Content()).Bytes;
        list.AsSpan().IndexOf(List("INFO", Text("INAM", "silence"))).ShouldBeGreaterThan(0);
        var tag = RoundTripTests.Write(File("WAVE", WavSamples.Format, StrangersFiles["ID3"].Chunk, WavSamples.Silence), TestLabels.Content()).Bytes;
        tag.AsSpan().IndexOf("TIT2"u8).ShouldBeGreaterThan(0);
        tag.AsSpan().IndexOf("TXXX"u8).ShouldBe(-1);
        var xmp = RoundTripTests.Write(File("WAVE", WavSamples.Format, StrangersFiles["XMP"].Chunk, WavSamples.Silence), TestLabels.Content()).Bytes;
        xmp.AsSpan().IndexOf("a pen"u8).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Samples_of_an_odd_length_get_the_padding_that_they_lacked()
    {
        var sample = Sample.All.Single(static sample => sample.What is "of an odd length without its padding");
        var file = RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes;
        file.AsSpan(36, 16).ToArray().ShouldBe([.. "data"u8, 3, 0, 0, 0, 0x80, 0x80, 0x80, 0, .. "AIGC"u8]);
    }

    [Fact]
    public void A_file_that_was_written_into_a_pipe_gets_its_sizes()
    {
        var sample = Sample.All.Single(static sample => sample.What is "written into a pipe");
        var file = RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes;
        BitConverter.ToInt32(file, 4).ShouldBe(file.Length - 8);
        BitConverter.ToInt32(file, 40).ShouldBe(16);
    }

    [Fact]
    public void A_large_file_keeps_its_sizes_in_ds64()
    {
        var sample = Sample.All.Single(static sample => sample.What is "as RF64");
        var file = RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes;
        BitConverter.ToUInt32(file, 4).ShouldBe(uint.MaxValue);
        BitConverter.ToInt64(file, 20).ShouldBe(file.Length - 8);
        BitConverter.ToInt64(file, 28).ShouldBe(16);
    }

    public static TheoryData<string, byte[], LabelRefusal> Unplayable => new()
    {
        { "no samples", File("WAVE", WavSamples.Format), LabelRefusal.Malformed },
        { "a format that is too short", File("WAVE", Chunk("fmt ", [1, 0]), WavSamples.Silence), LabelRefusal.Malformed },
        { "samples of length 0", File("WAVE", WavSamples.Format, Chunk("data", [])), LabelRefusal.Unsupported },
        { "samples that are missing", File("WAVE", WavSamples.Format, WavSamples.Silence)[..^4], LabelRefusal.Truncated },
    };

    [Theory]
    [MemberData(nameof(Unplayable))]
    public void A_file_that_no_reader_plays_or_that_would_play_its_label_is_refused(string what, byte[] file, LabelRefusal reason)
    {
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>(what).Reason.ShouldBe(reason, what);
    }

    [Fact]
    public void A_size_that_is_too_large_is_put_right_where_nothing_is_missing()
    {
        var file = File("WAVE", WavSamples.Format, WavSamples.Silence);
        file[6] = 1;
        var labelled = RoundTripTests.Write(file, TestLabels.Content()).Bytes;
        BitConverter.ToInt32(labelled, 4).ShouldBe(labelled.Length - 8);
    }

    private static IEnumerable<string> Ids(byte[] file) => RiffChunk.ReadAll(new(new MemoryStream(file)), 12, file.Length).Select(static chunk => chunk.Id);
}
