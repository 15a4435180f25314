using System.Text;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class MarkdownTests
{
    private static readonly string Json = LabelJson.Write(TestLabels.Content("their-id").Label);

    [Fact]
    public void The_label_stands_first_and_all_else_stays()
    {
        var label = Label.Generated(TestLabels.Ours, "it's", string.Empty);
        Write("---\ntitle: x\n---\ntext\n", TestLabels.Content() with { Label = label }).ShouldBe(
            "---\nAIGC:\n  Label: '1'\n  ContentProducer: '001191110102MACQD9K64010000'\n  ProduceID: 'it''s'\n  ReservedCode1: ''\n"
            + "  ContentPropagator: '001191110102MACQD9K64010000'\n  PropagateID: 'it''s'\n  ReservedCode2: ''\ntitle: x\n---\ntext\n");
    }

    [Fact]
    public void Line_breaks_are_those_of_the_file() =>
        Write("\uFEFF---\r\ntitle: x\r\n---\r\ntext", TestLabels.Content()).Replace("\r\n", string.Empty, StringComparison.Ordinal).ShouldNotContain("\n");

    [Fact]
    public void Labels_of_every_form_are_read_and_replaced_by_one()
    {
        var block = "AIGC:\n    Label: 1\n\n    # a comment\n    ContentProducer: \"001191110102MACQD9K64010000\"\n    ProduceID: their-id # theirs\n    ReservedCode1:\n    ContentPropagator: ''\n    PropagateID: ''\n    ReservedCode2: ''\n";
        foreach (var theirs in (string[])[$"AIGC: '{Json}'\n", $"AIGC: {Json}\n", $"\"AIGC\": {Json}\n", $"AIGC: |\n  {Json}\n", block])
        {
            var file = $"---\ntitle: x\n{theirs}layout: y\n---\ntext\n";
            LabelReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(file))).ShouldBeOfType<ReadOutcome.Read>().Report.Labels
                .ShouldHaveSingleItem().Content.Label.ShouldNotBeNull(theirs).ProduceId.ShouldBe("their-id");
            var labelled = Write(file, TestLabels.Content());
            labelled.ShouldStartWith("---\ntitle: x\nAIGC:\n  Label");
            labelled.ShouldEndWith("layout: y\n---\ntext\n");
            labelled.ShouldNotContain("their-id");
        }
    }

    [Theory]
    [InlineData("---\n- a list\n---\n", LabelRefusal.Unsupported)]
    [InlineData("---\nA text between two rulers.\n---\n", LabelRefusal.Unsupported)]
    [InlineData("---\n  title: x\n---\n", LabelRefusal.Unsupported)]
    [InlineData("---\ntitle: x\n", LabelRefusal.Malformed)]
    [InlineData("# No front matter\n", LabelRefusal.Unrecognised)]
    [InlineData("---\ntitle: \0\n---\n", LabelRefusal.Unrecognised)]
    public void What_is_no_front_matter_is_refused(string file, LabelRefusal reason)
    {
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(Encoding.UTF8.GetBytes(file)), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(reason);
    }

    private static string Write(string file, LabelContent content) => Encoding.UTF8.GetString(RoundTripTests.Write(Encoding.UTF8.GetBytes(file), content).Bytes);
}
