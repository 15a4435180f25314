using System.Globalization;
using System.IO.Compression;
using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;
using static Gating.Labels.Tests.Samples.OoxmlSamples;

namespace Gating.Labels.Tests;

public sealed class OoxmlTests
{
    private const string Property = "<property fmtid=\"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}\"";

    private static readonly string Old = LabelJson.Write(TestLabels.Content("old").Label);

    [Fact]
    public void The_label_is_a_custom_property_that_the_package_registers()
    {
        var labelled = Write(Document());
        Part(labelled, "docProps/custom.xml").ShouldContain($"{Property} pid=\"2\" name=\"AIGC\"><vt:lpwstr>{{\"Label\":\"1\"");
        Part(labelled, "[Content_Types].xml").ShouldEndWith("<Override PartName=\"/docProps/custom.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.custom-properties+xml\"/></Types>");
        Part(labelled, "_rels/.rels").ShouldEndWith("<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties\" Target=\"docProps/custom.xml\"/></Relationships>");
        Names(labelled).ShouldBe(["[Content_Types].xml", "_rels/.rels", "word/document.xml", "docProps/custom.xml"]);
    }

    [Fact]
    public void All_else_stays_as_it_is_packed()
    {
        var file = Of(ZipSamples.Form.Extra | ZipSamples.Form.Descriptor, "xl/workbook.xml", "spreadsheetml.sheet.main+xml");
        var labelled = Write(file);
        var document = file[file.AsSpan().LastIndexOf("PK\u0003\u0004"u8)..file.AsSpan().IndexOf("PK\u0001\u0002"u8)];
        labelled.AsSpan().IndexOf(document).ShouldBeGreaterThan(0);
        labelled.AsSpan().EndsWith("of the archive"u8).ShouldBeTrue();
        Encoding.Latin1.GetString(labelled).Split("of the entry").Length.ShouldBe(4);
        using var zip = new ZipArchive(new MemoryStream(labelled));
        zip.Entries.ShouldAllBe(entry => entry.LastWriteTime.Year == 2025);
    }

    [Fact]
    public void Other_properties_stay_byte_for_byte_and_numbers_stay_unique()
    {
        const string Others = "<!-- x --><property  name='a' pid='5' fmtid=\"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}\" ><vt:lpwstr>ä &amp; <![CDATA[<]]></vt:lpwstr></property>\n";
        var labelled = Write(Document(ZipSamples.Form.Deflated, Custom(Others)));
        Part(labelled, "docProps/custom.xml").ShouldContain($"{Others}{Property} pid=\"6\" name=\"AIGC\">");
        Part(labelled, "_rels/.rels").Split("custom-properties").Length.ShouldBe(2);
    }

    [Fact]
    public void A_label_of_before_is_replaced_in_its_place_and_others_go()
    {
        var label = $"name=\"AIGC\"><vt:lpwstr>{Old}</vt:lpwstr></property>";
        var custom = $"{Property} pid=\"9\" {label}{Property} pid=\"3\" name=\"b\"><vt:i4>1</vt:i4></property>{Property} pid=\"4\" name=\"c\"><vt:lpstr>{{\"AIGC\":{Old}}}</vt:lpstr></property>";
        var file = Document(custom: Custom(custom), place: "props/c.xml");
        var found = LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels;
        found.Select(static one => (one.Place, one.IsUsualPlace)).ShouldBe([("custom property AIGC", true), ("custom property c", false)]);

        var labelled = Write(file);
        Part(labelled, "props/c.xml").ShouldMatch("pid=\"9\" name=\"AIGC\">.*</property><property [^>]*pid=\"3\" name=\"b\"><vt:i4>1</vt:i4></property></Properties>$");
        Names(labelled).ShouldNotContain("docProps/custom.xml");
        Encoding.UTF8.GetString(labelled).ShouldNotContain("\"old\"");
    }

    [Fact]
    public void Properties_that_nothing_registers_are_read_and_taken_up()
    {
        (string Name, string Content)[] parts = [.. Parts("ppt/presentation.xml", "presentationml.template.main+xml", "<p/>"), ("docProps/custom.xml", Custom($"{Property} pid=\"2\" name=\"AIGC\"><vt:lpwstr>{Old}</vt:lpwstr></property>"))];
        var file = ZipSamples.Of(ZipSamples.Form.Plain, parts);
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().IsUsualPlace.ShouldBeFalse();
        Part(Write(file), "_rels/.rels").ShouldContain("Target=\"docProps/custom.xml\"");
    }

    [Theory]
    [InlineData("word/document.xml", "wordprocessingml.template.main+xml", "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.template")]
    [InlineData("xl/workbook.xml", "spreadsheetml.sheet.main+xml", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("ppt/presentation.xml", "presentationml.slideshow.main+xml", "PPTX", "application/vnd.openxmlformats-officedocument.presentationml.slideshow")]
    public void The_main_part_says_what_it_is(string part, string type, string format, string mediaType)
    {
        var report = LabelReader.Read(new MemoryStream(Of(ZipSamples.Form.Plain, part, type))).ShouldBeOfType<ReadOutcome.Read>().Report;
        (report.Format, report.MediaType).ShouldBe((format, mediaType));
    }

    [Fact]
    public void Other_archives_are_not_recognised()
    {
        Refusal(ZipSamples.Of(ZipSamples.Form.Deflated, ("a.txt", "text"))).ShouldBe(LabelRefusal.Unrecognised);
        Refusal(ZipSamples.Of(ZipSamples.Form.Plain, ("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<a/>"))).ShouldBe(LabelRefusal.Unrecognised);
        Refusal(ZipSamples.Of(ZipSamples.Form.Plain, Parts("visio/document.xml", "visio.drawing.main+xml", "<a/>"))).ShouldBe(LabelRefusal.Unrecognised);
        Refusal("PK\u0003\u0004 and nothing of a ZIP"u8.ToArray()).ShouldBe(LabelRefusal.Unrecognised);
    }

    [Fact]
    public void What_is_seen_is_the_first_paragraph_of_a_text_document()
    {
        var file = Document(ZipSamples.Form.Deflated, text: Text.Replace("<w:body>", "<w:background/><!-- <w:body> --><w:body >", StringComparison.Ordinal));
        var (labelled, outcome) = ExplicitTests.Write(file);
        outcome.Label.ShouldBe(new ExplicitFinding.Found("first paragraph", "AI生成"));
        Part(labelled, "word/document.xml").ShouldContain("<w:body ><w:p><w:r><w:t>AI生成</w:t></w:r></w:p><w:p>");
        ExplicitLabel.Read(new MemoryStream(Of(ZipSamples.Form.Plain, "xl/workbook.xml", "spreadsheetml.sheet.main+xml"))).ShouldBeOfType<ExplicitFinding.Undetermined>();
    }

    public static TheoryData<string, LabelRefusal> Hostile => new()
    {
        { "another part of the same name in capitals", LabelRefusal.Malformed },
        { "a part above the bound", LabelRefusal.Unsupported },
        { "a size that lies", LabelRefusal.Malformed },
        { "a checksum that lies", LabelRefusal.Malformed },
        { "entries that overlap", LabelRefusal.Malformed },
        { "an encrypted entry", LabelRefusal.Encrypted },
        { "a signature", LabelRefusal.CarriesSignature },
        { "a document type", LabelRefusal.Malformed },
        { "something behind its end", LabelRefusal.Truncated },
        { "properties that are none", LabelRefusal.Malformed },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_readers_would_not_agree_on_is_refused(string what, LabelRefusal reason) => Refusal(HostileFile(what)).ShouldBe(reason, what);

    [Fact]
    public void A_part_that_inflates_to_far_more_is_not_inflated()
    {
        var parts = Parts("xl/workbook.xml", "spreadsheetml.sheet.main+xml", "<a/>", Custom(new string(' ', 8 * 1024 * 1024)));
        Refusal(ZipSamples.Of(ZipSamples.Form.Deflated, parts)).ShouldBe(LabelRefusal.Unsupported);
    }

    [Fact]
    public void Many_entries_are_walked_and_not_held()
    {
        (string Name, string Content)[] entries = [.. Parts("xl/workbook.xml", "spreadsheetml.sheet.main+xml", "<a/>"), .. Enumerable.Range(0, 20_000).Select(static number => (number.ToString(CultureInfo.InvariantCulture), "x"))];
        var labelled = Write(ZipSamples.Of(ZipSamples.Form.Plain, entries));
        using var zip = new ZipArchive(new MemoryStream(labelled));
        zip.Entries.Count.ShouldBe(entries.Length + 1);
        using var last = new StreamReader(zip.GetEntry("19999")!.Open());
        last.ReadToEnd().ShouldBe("x");
    }

    private static byte[] HostileFile(string what)
    {
        var file = Document();
        var types = file.AsSpan().IndexOf("PK\u0001\u0002"u8);
        switch (what)
        {
            case "another part of the same name in capitals":
                return ZipSamples.Of(ZipSamples.Form.Plain, [.. Parts("word/document.xml", "wordprocessingml.document.main+xml", Text, Custom(string.Empty)), ("docProps/Custom.xml", Custom(string.Empty))]);
            case "a part above the bound":
                return Document(custom: Custom(new string(' ', 600 * 1024)));
            case "a size that lies":
                file[types + 24]++;
                return file;
            case "a checksum that lies":
                file[14]++;
                return file;
            case "entries that overlap":
                file[types + 20] += 2;
                return file;
            case "an encrypted entry":
                file[types + 8] |= 1;
                return file;
            case "a signature":
                return ZipSamples.Of(ZipSamples.Form.Plain, [.. Parts("word/document.xml", "wordprocessingml.document.main+xml", Text), ("_xmlsignatures/origin.sigs", string.Empty)]);
            case "a document type":
                return Document(custom: $"<!DOCTYPE Properties>{Custom(string.Empty)}");
            case "something behind its end":
                return [.. file, 0];
            default:
                return Document(custom: "<Properties/>");
        }
    }

    private static byte[] Of(ZipSamples.Form form, string part, string type) => ZipSamples.Of(form, Parts(part, type, "<a/>"));

    private static byte[] Write(byte[] file) => RoundTripTests.Write(file, TestLabels.Content()).Bytes;

    private static LabelRefusal Refusal(byte[] file)
    {
        using var output = new MemoryStream();
        return LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason;
    }

    private static IEnumerable<string> Names(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        return [.. zip.Entries.Select(static entry => entry.FullName)];
    }

    private static string Part(byte[] file, string name)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }
}
