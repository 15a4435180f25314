using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class LabelJsonTests
{
    private const string Right =
        """{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"a","ReservedCode1":"","ContentPropagator":"001191110102MACQD9K64010000","PropagateID":"a","ReservedCode2":""}""";

    [Fact]
    public void Seven_members_in_the_standards_order_compact_and_bare() => LabelJson.Write(Label.Generated(TestLabels.Ours, "a")).ShouldBe(Right);

    [Fact]
    public void A_quotation_mark_is_escaped_by_a_backslash() =>
        LabelJson.Write(Label.Generated(TestLabels.Ours, "a", "{\"x\":1}")).ShouldContain("""
            "ReservedCode1":"{\"x\":1}"
            """);

    [Fact]
    public void What_is_written_is_read_bare_or_wrapped()
    {
        var label = TestLabels.Content().Label;
        LabelJson.Read(LabelJson.Write(label)).Label.ShouldBe(label);
        var wrapped = LabelJson.Read(LabelJson.WriteWrapped(label));
        (wrapped.Label, wrapped.IsWrapped, wrapped.Defects.Length).ShouldBe((label, true, 0));
    }

    [Theory]
    [InlineData("no JSON", "AI", LabelDefect.NotAnObject)]
    [InlineData("a list", "[]", LabelDefect.NotAnObject)]
    [InlineData("a number for text", """{"Label":1}""", LabelDefect.NotText)]
    [InlineData("a member missing", """{"Label":"1"}""", LabelDefect.MemberMissing)]
    [InlineData("a member of another scheme", """{"Label":"1","Timestamp":"1"}""", LabelDefect.MemberUnknown)]
    [InlineData("a member twice", """{"Label":"1","Label":"2"}""", LabelDefect.MemberTwice)]
    [InlineData("another order", """{"ProduceID":"a","Label":"1"}""", LabelDefect.WrongOrder)]
    [InlineData("a space", """{"ProduceID":"a b"}""", LabelDefect.WrongCharset)]
    [InlineData("Chinese", """{"ContentProducer":"某公司"}""", LabelDefect.WrongCharset)]
    [InlineData("another word for the kind", """{"Label":"AIGC"}""", LabelDefect.UnknownKind)]
    [InlineData("no number", """{"ProduceID":""}""", LabelDefect.Empty)]
    [InlineData("a code whose check fails", """{"ContentProducer":"001191110102MACQD9K65010000"}""", LabelDefect.BadProviderCode)]
    public void What_is_wrong_is_said(string what, string text, LabelDefect defect)
    {
        var read = LabelJson.Read(text);
        read.Defects.ShouldContain(defect, what);
        read.Text.ShouldBe(text);
    }

    [Fact]
    public void A_label_in_another_order_is_still_a_label()
    {
        var read = LabelJson.Read(Right.Replace("\"Label\":\"1\",", string.Empty, StringComparison.Ordinal).Replace("}", ",\"Label\":\"1\"}", StringComparison.Ordinal));
        read.Label.ShouldBe(Label.Generated(TestLabels.Ours, "a"));
        read.Defects.ShouldBe([LabelDefect.WrongOrder]);
    }

    [Theory]
    [InlineData("with space", "a b")]
    [InlineData("with a backslash", "a\\b")]
    [InlineData("empty", "")]
    [InlineData("Chinese", "编号")]
    public void A_number_that_the_standard_does_not_allow_is_refused(string what, string produceId) =>
        Should.Throw<ArgumentException>(() => Label.Generated(TestLabels.Ours, produceId), what);

    [Fact]
    public void Whoever_passes_it_on_changes_the_propagators_members_alone()
    {
        var passed = Label.Generated(TestLabels.Theirs, "their-id", "code").PropagatedBy(TestLabels.Ours, "our-id");
        (passed.ContentProducer, passed.ProduceId, passed.ReservedCode1).ShouldBe((TestLabels.Theirs.Text, "their-id", "code"));
        (passed.ContentPropagator, passed.PropagateId, passed.ReservedCode2).ShouldBe((TestLabels.Ours.Text, "our-id", string.Empty));
    }
}
