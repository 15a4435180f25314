using System.Text;
using Gating.Labels.Explicit;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class HtmlTests
{
    [Theory]
    [InlineData("<!doctype html><html><head><title>t</title></head></html>", "<!doctype html><html><head>", "<title>t</title></head></html>")]
    [InlineData("<html><body></body></html>", "<html><head>", "</head><body></body></html>")]
    [InlineData("<!doctype html><title>t</title>", "<!doctype html>", "<title>t</title>")]
    [InlineData("<html><!-- <head> --><head a='>'>\n</head></html>", "<html><!-- <head> --><head a='>'>", "\n</head></html>")]
    public void The_label_is_the_first_child_of_the_head(string file, string before, string after)
    {
        var labelled = Write(file);
        labelled.ShouldStartWith($"{before}<meta name=\"AIGC\" content=\"{{&quot;Label&quot;:&quot;1&quot;,");
        labelled.ShouldEndWith($"}}\">{after}");
    }

    [Fact]
    public void It_does_not_push_the_encoding_out_of_browsers_sight()
    {
        var labelled = Write($"<!doctype html><html><head><!--{new string('x', 800)}--><meta charset=gbk></head></html>");
        labelled.IndexOf("charset", StringComparison.Ordinal).ShouldBeLessThan(1000);
        labelled.ShouldContain("<meta charset=gbk><meta name=\"AIGC\"");
    }

    [Fact]
    public void Labels_of_others_are_read_and_one_is_left()
    {
        var json = LabelJson.Write(TestLabels.Content("their-id").Label);
        var file = $"<html><head><title><meta name=AIGC></title><META content='{json}' NAME=aigc></head><body><meta name=\"AIGC\" content='{json}'></body></html>";
        LabelReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(file))).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.Length.ShouldBe(2);
        Write(file).ShouldNotContain("their-id");
    }

    [Fact]
    public void Other_kinds_of_code_are_refused()
    {
        Refusal(Encoding.Unicode.GetBytes("\uFEFF<!doctype html><html></html>")).ShouldBe(LabelRefusal.Unsupported);
        Refusal("<html><head><meta charset=iso-2022-jp></head></html>"u8.ToArray()).ShouldBe(LabelRefusal.Unsupported);
    }

    [Theory]
    [InlineData("<!doctype html><html><head></head><body class=a>text", "<body class=a>", "text")]
    [InlineData("<!doctype html><title>a</title> text <b>b</b>", "<title>a</title>", " text <b>b</b>")]
    [InlineData("<!doctype html><html><head><meta charset=gbk><style>p{}</style></head>\n<p>text", "</head>", "\n<p>text")]
    [InlineData("<!doctype html><p>", "<!doctype html>", "<p>")]
    [InlineData("<!doctype html><noscript><link href=a></noscript><link href=b><title>a</title", "<link href=b>", "<title>a</title")]
    [InlineData("<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head/><body id=\"a\"/></html>", "<body id=\"a\">", "</body></html>")]
    public void What_is_seen_is_the_first_child_of_the_body_in_any_encoding(string file, string before, string after)
    {
        var (bytes, outcome) = ExplicitTests.Write(Encoding.UTF8.GetBytes(file));
        outcome.Label.ShouldBe(new ExplicitFinding.Found("first element of the body", "AI生成"));
        Encoding.UTF8.GetString(bytes).ShouldEndWith($"{before}<p>AI&#x751F;&#x6210;</p>{after}");
    }

    [Theory]
    [InlineData("<html><body><p>AI生成 by a machine", false)]
    [InlineData("<html><body>\n<!-- a --><div class=note>本文由AI生成</div>", true)]
    [InlineData("<html><body><h1>AI生成</h1>", false)]
    [InlineData("<html><body><p>text</p><p>AI生成</p>", false)]
    public void A_strangers_label_is_found_where_ours_would_stand(string file, bool isFound) =>
        (ExplicitLabel.Read(new MemoryStream(Encoding.UTF8.GetBytes(file))) is ExplicitFinding.Found).ShouldBe(isFound);

    [Theory]
    [InlineData("<html><frameset><frame src=a></frameset></html>")]
    [InlineData("<!doctype html><template><p>a</p></template><p>b")]
    public void A_page_that_shows_other_things_than_its_body_is_refused(string file)
    {
        using var output = new MemoryStream();
        ExplicitLabel.Write(new MemoryStream(Encoding.UTF8.GetBytes(file)), output, ExplicitWording.Usual, C2paBinding.Refuse).ShouldBeOfType<ExplicitOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);
    }

    private static LabelRefusal Refusal(byte[] file)
    {
        using var output = new MemoryStream();
        return LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason;
    }

    private static string Write(string file) => Encoding.UTF8.GetString(RoundTripTests.Write(Encoding.UTF8.GetBytes(file), TestLabels.Content()).Bytes);
}
