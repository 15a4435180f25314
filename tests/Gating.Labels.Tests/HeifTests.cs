using System.Text;
using Gating.Labels.Heif;
using Gating.Labels.Media;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What is special to stills in boxes: items keep their bytes wherever these come to stand, and the label's XMP describes the primary item.</summary>
public sealed class HeifTests
{
    public static TheoryData<Sample> Samples => [.. HeifSamples.All];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_picture_is_found_where_it_comes_to_stand(Sample sample)
    {
        var (source, file) = Open(RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes);
        Encoding.ASCII.GetString(file.ReadItem(source, file.Places.All.Single(static place => place.Id == 1))!).ShouldBe("picture.");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void There_is_one_description_of_the_primary_item(Sample sample)
    {
        var (source, file) = Open(RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes);
        var id = file.Xmp.ShouldHaveSingleItem();
        var reference = file.References!.Children(source, 4).Single(static box => box.Type is "cdsc");
        source.ReadUInt16BigEndian(reference.Content).ShouldBe((ushort)id);
        source.ReadUInt16BigEndian(reference.Content + 4).ShouldBe((ushort)file.Primary);
    }

    [Theory]
    [InlineData("with XMP before the picture")]
    [InlineData("with XMP in idat")]
    public void What_the_XMP_said_is_kept(string what)
    {
        var (source, file) = Open(RoundTripTests.Write(HeifSamples.All.Single(sample => sample.What == what).Bytes, TestLabels.Content()).Bytes);
        var packet = Encoding.UTF8.GetString(file.ReadItem(source, file.Places.All.Single(place => place.Id == file.Xmp[0]))!);
        packet.ShouldContain("a camera");
        packet.ShouldContain("TC260:AIGC");
        packet.ShouldContain("trainedAlgorithmicMedia");
    }

    [Fact]
    public void Parts_that_cost_no_bytes_are_refused_before_they_cost_memory()
    {
        var source = new MediaSource(new MemoryStream(Mp4Samples.Box("iloc", [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xFF])));
        Should.Throw<MediaException>(() => HeifPlaces.Read(source, Bmff.BmffBox.OfFile(source).Single())).Fault.ShouldBe(MediaFault.Malformed);
    }

    private static (MediaSource Source, HeifFile File) Open(byte[] bytes)
    {
        var source = new MediaSource(new MemoryStream(bytes));
        return (source, HeifFile.Read(source));
    }
}
