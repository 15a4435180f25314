using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What is special to PDF.</summary>
public sealed class PdfTests
{
    private static readonly string Json = LabelJson.Write(TestLabels.Content().Label);
    private static readonly string Old = LabelJson.Write(TestLabels.Content("old").Label);

    public static TheoryData<Sample> Samples => [.. PdfSamples.All];

    public static TheoryData<string> Spellings =>
    [
        $"/AIGC({Escaped(Old)})",
        $"/AIGC({Escaped($$"""{"AIGC":{{Old}}}""")})",
        $"/AIGC<{Convert.ToHexString(Encoding.ASCII.GetBytes(Old))}>",
        $"/AIGC<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(Old))}>",
        $"/AIGC(\\357\\273\\277{Escaped(Old)})",
        "/AI#47C(\\173" + Escaped(Old)[1..].Replace(",", ",\\\n", StringComparison.Ordinal) + ")",
        "/AIGC 5 0 R",
    ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_byte_stays_and_the_update_comes_behind(Sample sample) => Labelled(sample.Bytes).AsSpan().StartsWith(sample.Bytes).ShouldBeTrue();

    [Theory]
    [MemberData(nameof(Spellings))]
    public void A_label_is_read_however_it_is_spelt_and_replaced(string spelling)
    {
        var file = PdfSamples.Body().Object(5, $"({Escaped(Old)})").Object(4, $"<</Title(t){spelling}/Author(a)>>").Table("/Root 1 0 R/Info 4 0 R").Bytes;
        var found = Read(file).Labels.ShouldHaveSingleItem();
        (found.Place, found.IsUsualPlace, found.Content.Label!.ProduceId).ShouldBe(("Info AIGC", true, "old"));
        var update = Encoding.Latin1.GetString(Labelled(file)[file.Length..]);
        update.ShouldContain("4 0 obj\n<<\n/Title(t)\n/Author(a)\n/AIGC (");
    }

    [Fact]
    public void Entries_of_the_information_are_kept_byte_for_byte()
    {
        var update = Encoding.Latin1.GetString(Labelled(PdfSamples.WithInfo().Bytes));
        update.ShouldContain("4 0 obj\n<<\n/Title(a \\(small\\) page)\n/Author<FEFF00C5>\n/Odd[1 0 R/x]\n/AIGC (" + Escaped(Json) + ")\n>>");
        update.ShouldEndWith("%%EOF\n");
    }

    [Fact]
    public void A_label_in_another_text_is_found_and_left_out()
    {
        var file = PdfSamples.WithInfo($"<</Keywords({Escaped($$"""{"AIGC":{{Old}}}""")})/Title(t)>>").Bytes;
        Read(file).Labels.ShouldHaveSingleItem().IsUsualPlace.ShouldBeFalse();
        Encoding.Latin1.GetString(Labelled(file)[file.Length..]).ShouldNotContain("Keywords");
    }

    [Fact]
    public void A_label_in_XMP_is_found_and_taken_out_by_a_new_version_of_the_stream()
    {
        var file = PdfSamples.WithXmp(RiffSamples.XmpOfLabel(Old)).Bytes;
        var found = Read(file).Labels.ShouldHaveSingleItem();
        (found.Place, found.IsUsualPlace, found.Content.Label!.ProduceId).ShouldBe(("XMP TC260:AIGC", false, "old"));
        var update = Encoding.Latin1.GetString(Labelled(file)[file.Length..]);
        update.ShouldContain("a pen");
        update.ShouldNotContain("TC260:AIGC");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void What_stands_beside_the_label_goes_into_XMP_and_stands_there_once(Sample sample)
    {
        var once = Labelled(sample.Bytes);
        Read(once).DigitalSourceType.ShouldBe(DigitalSourceTypes.Uri(ContentSource.Generated));
        var again = Labelled([.. once, .. "\n"u8]);
        Encoding.UTF8.GetString(again[once.Length..]).Split("Iptc4xmpExt:AISystemUsed>Face Studio<").Length.ShouldBe(2);
        (again.Length - once.Length).ShouldBeLessThan(once.Length - sample.Bytes.Length + 64);
    }

    [Fact]
    public void XMP_that_cannot_be_read_stays_as_it_is()
    {
        var file = PdfSamples.WithXmp("<!DOCTYPE x><x/>"u8.ToArray()).Bytes;
        Encoding.UTF8.GetString(Labelled(file)[file.Length..]).ShouldNotContain("AISystemUsed");
    }

    [Fact]
    public void A_label_behind_somebody_elses_update_is_kept_in_the_history_and_a_third_one_replaces_the_second()
    {
        var once = Labelled(PdfSamples.Body().Table("/Root 1 0 R").Bytes);
        byte[] theirs = [.. once, .. "\n"u8];
        var twice = Labelled(theirs);
        twice.AsSpan().StartsWith(theirs).ShouldBeTrue();
        RoundTripTests.Write(twice, TestLabels.Content("another-id")).Bytes.Length.ShouldBeLessThan(twice.Length);
    }

    [Fact]
    public void An_encrypted_document_is_read_with_a_note_and_refused()
    {
        var file = PdfSamples.Body().Object(4, "<</AIGC(x)>>").Table("/Root 1 0 R/Info 4 0 R/Encrypt<</Filter/Standard>>").Bytes;
        Read(file).Notes.ShouldHaveSingleItem();
        Refused(file).ShouldBe(LabelRefusal.Encrypted);
    }

    [Theory]
    [InlineData("<</Type/Catalog/Pages 2 0 R/Perms<</DocMDP 4 0 R>>>>")]
    [InlineData("<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>>>")]
    [InlineData("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>")]
    public void A_signed_document_is_refused(string catalog) => Refused(Document(catalog, "<</FT/Sig/V 6 0 R>>")).ShouldBe(LabelRefusal.CarriesSignature);

    [Fact]
    public void A_field_for_a_signature_that_is_not_signed_is_no_reason() =>
        Labelled(Document("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>", "<</FT/Sig>>")).ShouldNotBeEmpty();

    [Theory]
    [InlineData("<</Type/Catalog/Pages 2 0 R/AF[4 0 R]>>")]
    [InlineData("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Kids[<</Names[(store)4 0 R]>>]>>>>>>")]
    public void A_C2PA_store_is_seen(string catalog)
    {
        Read(Document(catalog, "<</Type/Filespec/AFRelationship/C2PA_Manifest>>")).HasC2pa.ShouldBeTrue();
        Read(Document(catalog, "<</Type/Filespec/AFRelationship/Data>>")).HasC2pa.ShouldBeFalse();
    }

    [Fact]
    public void A_broken_cross_reference_is_refused_and_never_rebuilt()
    {
        var file = Encoding.Latin1.GetString(PdfSamples.Body().Table("/Root 1 0 R").Bytes);
        Refused(Encoding.Latin1.GetBytes(file.Replace("startxref\n1", "startxref\n2", StringComparison.Ordinal))).ShouldBe(LabelRefusal.Malformed);
        Refused(Encoding.Latin1.GetBytes(file.Replace("00000 n", "00000 x", StringComparison.Ordinal))).ShouldBe(LabelRefusal.Malformed);
        Refused(Encoding.Latin1.GetBytes(file[..file.IndexOf("startxref", StringComparison.Ordinal)])).ShouldBe(LabelRefusal.Malformed);
    }

    [Fact]
    public void The_page_label_is_painted_last_and_the_page_keeps_its_other_resources()
    {
        var file = PdfSamples.WithXmp(RiffSamples.XmpOf(string.Empty)).Bytes;
        var (labelled, outcome) = ExplicitTests.Write(file);
        outcome.Label.ShouldBe(new("first page, bottom right", "AI生成"));
        labelled.AsSpan().StartsWith(file).ShouldBeTrue();
        var update = Encoding.Latin1.GetString(labelled[file.Length..]);
        update.ShouldContain("3 0 obj\n<<\n/Type/Page\n/Parent 2 0 R\n/Contents [13 0 R 5 0 R 14 0 R]\n/Resources <<\n/ProcSet[/PDF]\n/Font <<\n/AIGCLabel 12 0 R\n>>\n>>\n>>");
        update.ShouldContain("13 0 obj\n<<\n/Length 1\n>>\nstream\nq\nendstream");
        update.ShouldContain("stream\nQ\n/AIGC BMC\n");
    }

    [Theory]
    [InlineData("", "1 0 0 1 0 0 cm")]
    [InlineData("/Rotate 90", "0 1 -1 0 200 0 cm")]
    [InlineData("/Rotate -180/CropBox[190 90 10 5]", "-1 0 0 -1 190 90 cm")]
    [InlineData("/Rotate 270/CropBox[-5 -5 500 500]", "0 -1 1 0 0 100 cm")]
    public void The_page_label_stands_bottom_right_however_the_page_is_turned(string entries, string matrix)
    {
        var file = new PdfMaker().Object(1, PdfSamples.Catalog).Object(2, PdfSamples.Pages).Object(3, $"<</Type/Page/Parent 2 0 R{entries}>>").Table("/Root 1 0 R").Bytes;
        Encoding.Latin1.GetString(ExplicitTests.Write(file).Bytes).ShouldContain(matrix);
    }

    [Fact]
    public void Words_without_glyphs_are_refused_and_others_drawn()
    {
        ExplicitWording.TryParse("人工智能生成", out var other).ShouldBeTrue();
        ExplicitLabel.Write(new MemoryStream(PdfSamples.All[0].Bytes), new MemoryStream(), other, C2paBinding.Refuse).ShouldBeOfType<ExplicitOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);
        ExplicitWording.TryParse("生成AI", out var turned).ShouldBeTrue();
        ExplicitTests.Write(PdfSamples.All[0].Bytes, turned).Outcome.Label.Text.ShouldBe("生成AI");
    }

    private static byte[] Document(string catalog, string four) => new PdfMaker().Object(1, catalog).Object(2, PdfSamples.Pages).Object(3, PdfSamples.Page)
        .Object(4, four).Object(5, "<</FT/Sig/Kids[4 0 R 5 0 R]>>").Object(6, "<</Type/Sig>>").Table("/Root 1 0 R").Bytes;

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal);

    private static byte[] Labelled(byte[] file) => RoundTripTests.Write(file, TestLabels.Content()).Bytes;

    private static LabelReport Read(byte[] file) => LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report;

    private static LabelRefusal Refused(byte[] file) =>
        LabelWriter.Write(new MemoryStream(file), new MemoryStream(), TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason;
}
