using System.Buffers.Binary;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class FlvTests
{
    [Fact]
    public void Sizes_counts_and_places_are_those_of_the_longer_file()
    {
        var metadata = FlvSamples.Metadata(8, FlvSamples.Member("filesize", FlvSamples.Number(0)), FlvSamples.Keyframes(13, 400));
        var plain = FlvSamples.File(metadata, FlvSamples.Metadata(8));
        var filesize = plain.AsSpan().IndexOf("filesize"u8) + 9;
        BinaryPrimitives.WriteDoubleBigEndian(plain.AsSpan(filesize), plain.Length);
        var labelled = RoundTripTests.Write(plain, TestLabels.Content()).Bytes;
        var growth = labelled.Length - plain.Length;

        BinaryPrimitives.ReadDoubleBigEndian(labelled.AsSpan(filesize)).ShouldBe(labelled.Length);
        var places = labelled.AsSpan().IndexOf("filepositions"u8) + 13 + 5;
        BinaryPrimitives.ReadDoubleBigEndian(labelled.AsSpan(places + 1)).ShouldBe(13);
        BinaryPrimitives.ReadDoubleBigEndian(labelled.AsSpan(places + 10)).ShouldBe(400 + growth);

        var size = BinaryPrimitives.ReadInt32BigEndian(labelled.AsSpan(13)) & 0xFFFFFF;
        size.ShouldBe((BinaryPrimitives.ReadInt32BigEndian(plain.AsSpan(13)) & 0xFFFFFF) + growth);
        BinaryPrimitives.ReadInt32BigEndian(labelled.AsSpan(13 + 11 + size)).ShouldBe(11 + size);
        BinaryPrimitives.ReadInt32BigEndian(labelled.AsSpan(13 + 11 + 14)).ShouldBe(3);
    }

    [Fact]
    public void A_file_without_metadata_gets_a_first_tag_of_it()
    {
        var plain = FlvSamples.File();
        var labelled = RoundTripTests.Write(plain, TestLabels.Content()).Bytes;
        labelled[..plain.Length].ShouldBe(plain);
        labelled[plain.Length].ShouldBe((byte)18);
    }

    [Fact]
    public void Labels_of_others_are_read_and_one_is_left()
    {
        var theirs = FlvSamples.Member("AIGC", FlvSamples.Text(LabelJson.Write(TestLabels.Content("their-id").Label)));
        var plain = FlvSamples.File(FlvSamples.Metadata(8, theirs, FlvSamples.Member("duration", FlvSamples.Number(1)), theirs), FlvSamples.Metadata(3, theirs));
        LabelReader.Read(new MemoryStream(plain)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.Length.ShouldBe(3);
        RoundTripTests.Write(plain, TestLabels.Content()).Bytes.AsSpan().IndexOf("their-id"u8).ShouldBe(-1);
    }
}
