using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Bmff;
using Gating.Labels.Media;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What is special to boxes: sizes and offsets follow, and a label is met in many places.</summary>
public sealed class Mp4Tests
{
    private const string XmpType = "BE7ACFCB97A942E89C71999491E3AFAC";
    private const string C2paType = "D8FEC3D61B0E483C92975828877EC481";

    private static readonly string Theirs = LabelJson.Write(TestLabels.Content("their-id", TestLabels.Theirs).Label);

    private static readonly byte[] Mdat = Mp4Samples.Box("mdat", [.. "chunk 1.chunk 2."u8]);

    public static TheoryData<Sample> Samples => [.. Mp4Samples.All];

    public static TheoryData<string, byte[]> Strangers => new()
    {
        { "moov/udta/meta aigc", InUserData(Mp4Samples.Meta("mdta", true, Mp4Samples.Keys("title", "aigc"), Mp4Samples.Box("ilst", Mp4Samples.Item("\0\0\0\u0002", Theirs)))) },
        { "moov/meta AIGC", InMoov(Mp4Samples.Meta("mdta", false, Mp4Samples.Keys("AIGC"), Mp4Samples.Box("ilst", Mp4Samples.Item("\0\0\0\u0001", Theirs)))) },
        { "moov/meta AIGC", InMoov(Mp4Samples.Meta("mdta", true, Mp4Samples.Keys("AIGC"), Mp4Samples.Box("ilst", Mp4Samples.Item("\0\0\0\u0001", Theirs)))) },
        { "moov/meta ilst", InMoov(Mp4Samples.Meta("mdir", false, Mp4Samples.Box("ilst", Mp4Samples.Item("\0\0\0\u0001", Theirs)))) },
        { "moov/udta/meta \u00A9cmt", InUserData(Mp4Samples.Meta("mdir", true, Mp4Samples.Box("ilst", Mp4Samples.Item("\u00A9nam", "a title"), Mp4Samples.Item("\u00A9cmt", $$"""{"AIGC":{{Theirs}}}""")))) },
        { "moov/udta/meta AIGC", InUserData(Mp4Samples.Meta("mdir", true, Mp4Samples.Box("ilst", FreeForm("AIGC")))) },
        { "moov/udta \u00A9cmt", InUserData(Mp4Samples.Box("\u00A9cmt", [0, (byte)Theirs.Length, 0x55, 0xC4], Encoding.ASCII.GetBytes(Theirs))) },
        { "moov/udta/XMP_ TC260:AIGC", InUserData(Mp4Samples.Box("XMP_", Xmp())) },
        { "uuid XMP TC260:AIGC", Between(Mp4Samples.Uuid(XmpType, Xmp())) },
        { "uuid XMP TC260:AIGC", [.. InMoov(), .. Mp4Samples.Uuid(XmpType, Xmp())] },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Offsets_still_point_to_the_media(Sample sample) =>
        ShouldPointToMedia(RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes, isFragmented: sample.What is "fragmented");

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public void A_64_bit_size_that_its_own_header_does_not_fit_into_is_refused_before_a_label_is_put_behind_it(byte size)
    {
        // Once read as a box to the end: nobody would have found the label behind it. Found by PropertyTests.
        byte[] box = [0, 0, 0, 1, .. "free"u8, 0, 0, 0, 0, 0, 0, 0, size];
        var file = InMoov(box);

        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Malformed);
        output.Length.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public void A_label_that_a_stranger_wrote_is_read_and_becomes_the_one_label(string place, byte[] file)
    {
        var found = LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem();
        found.Place.ShouldBe(place);
        found.Content.Label!.ProduceId.ShouldBe("their-id");

        var (labelled, outcome) = RoundTripTests.Write(file, TestLabels.Content(), LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate });
        outcome.After.Labels.ShouldHaveSingleItem().IsUsualPlace.ShouldBeTrue();
        Count(labelled, "their-id").ShouldBe(1);
        ShouldPointToMedia(labelled);
    }

    [Fact]
    public void Other_metadata_survive()
    {
        var title = Mp4Samples.Item("\u00A9nam", "a title");
        var file = Between(Mp4Samples.Uuid(XmpType, Xmp("<dc:source xmlns:dc=\"http://purl.org/dc/elements/1.1/\">a camera</dc:source>")), Mp4Samples.Box("udta", Mp4Samples.Meta("mdir", true, Mp4Samples.Box("ilst", title, FreeForm("OTHER")))));
        var labelled = RoundTripTests.Write(file, TestLabels.Content(), LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate }).Bytes;
        labelled.AsSpan().IndexOf(title).ShouldBeGreaterThan(0);
        labelled.AsSpan().IndexOf(FreeForm("OTHER")).ShouldBeGreaterThan(0);
        Count(labelled, "a camera").ShouldBe(1);
    }

    [Fact]
    public void Many_labels_become_one()
    {
        var keyed = Mp4Samples.Meta("mdta", true, Mp4Samples.Keys("AIGC", "AIGC"), Mp4Samples.Box("ilst", Mp4Samples.Item("\0\0\0\u0001", Theirs), Mp4Samples.Item("\0\0\0\u0002", Theirs)));
        var file = Between(Mp4Samples.Uuid(XmpType, Xmp()), Mp4Samples.Box("udta", keyed, Mp4Samples.Box("XMP_", Xmp())), keyed);
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Breaches.ShouldContain(FileBreach.SeveralLabels);
        var labelled = RoundTripTests.Write(file, TestLabels.Content(), LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate }).Bytes;
        Count(labelled, "their-id").ShouldBe(1);
        ShouldPointToMedia(labelled);
    }

    [Fact]
    public void Room_behind_moov_is_used_up_before_media_move()
    {
        var file = Mp4Samples.All.Single(sample => sample.What is "room behind moov").Bytes;
        RoundTripTests.Write(file, TestLabels.Content()).Bytes.Length.ShouldBe(file.Length);
    }

    [Fact]
    public void A_C2pa_store_is_seen() =>
        Refusal([.. InMoov(), .. Mp4Samples.Uuid(C2paType, new byte[16])]).Reason.ShouldBe(LabelRefusal.CarriesC2pa);

    [Fact]
    public void Offsets_into_other_files_stay()
    {
        var file = Mp4Samples.First(Mp4Samples.Ftyp("qt  "), _ => Mp4Samples.Moov(Mp4Samples.Track(4711, reference: 0)), Mdat);
        Table(RoundTripTests.Write(file, TestLabels.Content()).Bytes).ShouldBe([4711, 4719]);
    }

    [Fact]
    public void Places_of_auxiliary_information_follow()
    {
        var file = Mp4Samples.First(Mp4Samples.Ftyp("isom"), offset => Mp4Samples.Moov(Mp4Samples.Track(offset, tables: Mp4Samples.Box("saio", Mp4Samples.Number(0, 1, (int)offset)))), Mdat);
        var labelled = RoundTripTests.Write(file, TestLabels.Content()).Bytes;
        ((long)BinaryPrimitives.ReadUInt32BigEndian(labelled.AsSpan(labelled.AsSpan().IndexOf("saio"u8) + 12))).ShouldBe(Table(labelled)[0]);
    }

    [Theory]
    [InlineData("an offset that outgrows 32 bits", LabelRefusal.Unsupported)]
    [InlineData("a second moov", LabelRefusal.Malformed)]
    [InlineData("no moov", LabelRefusal.Malformed)]
    [InlineData("a segment alone", LabelRefusal.Unsupported)]
    [InlineData("items that would move", LabelRefusal.Unsupported)]
    [InlineData("a number without a key", LabelRefusal.Malformed)]
    public void What_cannot_be_labelled_is_refused(string what, LabelRefusal reason) => Refusal(what switch
    {
        "an offset that outgrows 32 bits" => Mp4Samples.First(Mp4Samples.Ftyp("isom"), _ => Mp4Samples.Moov(Mp4Samples.Track(uint.MaxValue - 20)), Mdat),
        "a second moov" => [.. InMoov(), .. Mp4Samples.Moov()],
        "no moov" => [.. Mp4Samples.Ftyp("isom"), .. Mdat],
        "a segment alone" => [.. Mp4Samples.Box("styp", "msdh"u8.ToArray()), .. Mdat],
        "items that would move" => InMoov(Mp4Samples.Meta("pict", true, Mp4Samples.Box("iloc", new byte[8]))),
        _ => InUserData(Mp4Samples.Meta("mdta", true, Mp4Samples.Keys("title"), Mp4Samples.Box("ilst", Mp4Samples.Item("\0\0\0\u0002", "of what?")))),
    }).Reason.ShouldBe(reason);

    private static byte[] InMoov(params byte[][] parts) => Between([], parts);

    private static byte[] InUserData(params byte[][] parts) => InMoov(Mp4Samples.Box("udta", parts));

    /// <summary>moov first, and then what stands between it and the media.</summary>
    private static byte[] Between(byte[] box, params byte[][] inMoov) => Mp4Samples.First(Mp4Samples.Ftyp("isom"), offset => Mp4Samples.Moov([Mp4Samples.Track(offset), .. inMoov]), [.. box, .. Mdat]);

    private static byte[] FreeForm(string name) => Mp4Samples.Box(
        "----",
        Mp4Samples.Box("mean", new byte[4], "com.apple.iTunes"u8.ToArray()),
        Mp4Samples.Box("name", new byte[4], Encoding.ASCII.GetBytes(name)),
        Mp4Samples.Box("data", Mp4Samples.Number(1, 0), Encoding.ASCII.GetBytes(name is "AIGC" ? Theirs : "another")));

    private static byte[] Xmp(string more = "") => Encoding.UTF8.GetBytes(
        $"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>{Theirs}</TC260:AIGC>{more}</rdf:Description></rdf:RDF></x:xmpmeta>""");

    private static LabelOutcome.Refused Refusal(byte[] file)
    {
        using var output = new MemoryStream();
        return LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>();
    }

    private static void ShouldPointToMedia(byte[] file, bool isFragmented = false)
    {
        if (isFragmented)
        {
            var moof = file.AsSpan().IndexOf("moof"u8) - 4;
            BinaryPrimitives.ReadInt64BigEndian(file.AsSpan(file.AsSpan().IndexOf("tfhd"u8) + 12)).ShouldBe(moof);
            BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(file.AsSpan().IndexOf("tfra"u8) + 24)).ShouldBe(moof);
            file.AsSpan(moof + 84, 8).SequenceEqual("chunk 1."u8).ShouldBeTrue();
            return;
        }

        Table(file).Select(offset => Encoding.ASCII.GetString(file, (int)offset, 8)).ShouldBe([Mp4Samples.FirstChunk, Mp4Samples.SecondChunk]);
    }

    private static long[] Table(byte[] file)
    {
        var source = new MediaSource(new MemoryStream(file));
        var table = BmffBox.OfFile(source).Single(static box => box.Type is "moov").Find(source, "trak", "mdia", "minf", "stbl")!;
        return table.Find(source, "stco") is { } small
            ? [source.ReadUInt32BigEndian(small.Content + 8), source.ReadUInt32BigEndian(small.Content + 12)]
            : table.Find(source, "co64") is { } large ? [(long)source.ReadUInt64BigEndian(large.Content + 8), (long)source.ReadUInt64BigEndian(large.Content + 16)] : [];
    }

    private static int Count(byte[] file, string text) => Encoding.Latin1.GetString(file).Split($"\"{text}\"").Length + Encoding.Latin1.GetString(file).Split($">{text}<").Length - 2;
}
