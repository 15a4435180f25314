using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class SvgTests
{
    [Fact]
    public void Metadata_is_the_first_child_and_all_else_stays()
    {
        var labelled = Write("<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>\n");
        labelled.ShouldStartWith("<svg xmlns=\"http://www.w3.org/2000/svg\"><metadata><?xpacket begin");
        labelled.ShouldEndWith("<?xpacket end=\"w\"?></metadata><g/></svg>\n");
    }

    [Fact]
    public void An_editors_metadata_stays_and_gets_the_label()
    {
        var labelled = Encoding.UTF8.GetString(RoundTripTests.Write(SvgSamples.All[2].Bytes, TestLabels.Content()).Bytes);
        labelled.ShouldContain("<cc:title>ü</cc:title>");
        labelled.Split("metadata id").Length.ShouldBe(2);
        labelled.Split("rdf:RDF").Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\"><svg xmlns=\"http://www.w3.org/2000/svg\"/>", LabelRefusal.Malformed)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>", LabelRefusal.Malformed)]
    [InlineData("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", LabelRefusal.Unsupported)]
    [InlineData("<svg xmlns:a=\"http://www.w3.org/2000/svg\"/>", LabelRefusal.Unsupported)]
    public void What_is_not_read_here_is_refused(string file, LabelRefusal reason)
    {
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(Encoding.UTF8.GetBytes(file)), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(reason);
    }

    [Fact]
    public void A_document_above_the_bound_is_refused()
    {
        using var output = new MemoryStream();
        var file = Encoding.UTF8.GetBytes($"<svg xmlns=\"http://www.w3.org/2000/svg\"><!--{new string('x', 8 * 1024 * 1024)}--></svg>");
        LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);
    }

    [Theory]
    [InlineData("viewBox='0 0 100 50'", "x=\"84.04\" y=\"48.12\"", "font-size:4.4px")]
    [InlineData("width='2in' height='96'", "x=\"161.3568\"", "font-size:8.448px")]
    [InlineData("viewBox='-1,-2 .5e1,0.001'", "x=\"3.999681\"", "font-size:0.000088px")]
    public void What_is_seen_stands_in_the_corner_above_all_else(string frame, string place, string size)
    {
        var (bytes, outcome) = ExplicitTests.Write(Encoding.UTF8.GetBytes($"<svg xmlns=\"http://www.w3.org/2000/svg\" {frame}><g/></svg>"));
        outcome.Label.ShouldBe(new ExplicitFinding.Found("last element of the picture", "AI生成"));
        var labelled = Encoding.UTF8.GetString(bytes);
        labelled.ShouldContain(place);
        labelled.ShouldContain(size);
        labelled.ShouldEndWith(">AI生成</text></g></svg>");
    }

    [Theory]
    [InlineData("")]
    [InlineData("width='100%' height='100%'")]
    [InlineData("viewBox='0 0 1'")]
    [InlineData("viewBox='0 0 10 0'")]
    [InlineData("viewBox='0 0 10 10' preserveAspectRatio='xMidYMid slice'")]
    public void A_picture_whose_corner_nobody_knows_is_refused(string frame)
    {
        using var output = new MemoryStream();
        ExplicitLabel.Write(new MemoryStream(Encoding.UTF8.GetBytes($"<svg xmlns=\"http://www.w3.org/2000/svg\" {frame}/>")), output, ExplicitWording.Usual, C2paBinding.Refuse)
            .ShouldBeOfType<ExplicitOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);
    }

    private static string Write(string file) => Encoding.UTF8.GetString(RoundTripTests.Write(Encoding.UTF8.GetBytes(file), TestLabels.Content()).Bytes);
}
