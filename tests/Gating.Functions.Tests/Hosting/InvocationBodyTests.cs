using System.Text;
using Gating.Functions.Hosting;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>What the host posts for a message, in every spelling that was seen of one.</summary>
public sealed class InvocationBodyTests
{
    [Theory]
    [InlineData("binary: base64, once", """{"Data":{"message":"eyJiaW4iOjF9"},"Metadata":{}}""", """{"bin":1}""")]
    [InlineData("binary, as it lies in the queue", """{"Data":{"message":"ZXlKaWFXNGlPakY5"},"Metadata":{}}""", """{"bin":1}""")]
    [InlineData("binary, and no base64 in the queue", """{"Data":{"message":"bm90IG9mIG91cnM="}}""", "not of ours")]
    [InlineData("binary that is no text", """{"Data":{"message":"//79"}}""", null)]
    [InlineData("double encoding", """{"Data":{"message":"\"{\\\"a\\\":1,\\\"s\\\":\\\"é\\\"}\""}}""", """{"a":1,"s":"é"}""")]
    [InlineData("double encoding of plain text", """{"Data":{"message":"\"plain text\""}}""", "plain text")]
    [InlineData("double encoding of quotes", """{"Data":{"message":"\"\\\"quoted\\\"\""}}""", "\"quoted\"")]
    [InlineData("single encoding", """{"Data":{"message":"{\"a\":1}"}}""", """{"a":1}""")]
    [InlineData("an object", """{"Data":{"message":{"a":1}}}""", """{"a":1}""")]
    [InlineData("quotes that hold no literal", """{"Data":{"message":"\"a\"b\""}}""", "\"a\"b\"")]
    public void Double_encoding_and_every_other_spelling_is_the_message(string what, string body, string? message)
    {
        InvocationBody.TryReadMessage(Encoding.UTF8.GetBytes(body), out var read).ShouldBeTrue(what);
        read.ToArray().ShouldBe(message is null ? [0xFF, 0xFE, 0xFD] : Encoding.UTF8.GetBytes(message), what);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Data":[]}""")]
    [InlineData("""{"Data":{"other":"eyJ9"}}""")]
    [InlineData("""{"Data":{"message":"\ud800"}}""")]
    [InlineData("{\"Data\":")]
    public void What_holds_no_message_is_none(string body) => InvocationBody.TryReadMessage(Encoding.UTF8.GetBytes(body), out _).ShouldBeFalse();
}
