using System.Text;
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

    private static LabelRefusal Refusal(byte[] file)
    {
        using var output = new MemoryStream();
        return LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason;
    }

    private static string Write(string file) => Encoding.UTF8.GetString(RoundTripTests.Write(Encoding.UTF8.GetBytes(file), TestLabels.Content()).Bytes);
}
