using System.Text;
using Gating.Clients;
using Shouldly;
using Xunit;

namespace Gating.Tests.Clients;

public sealed class FormEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a+b", "a b")]
    [InlineData("+", " ")]
    [InlineData("%20", " ")]
    [InlineData("%2B", "+")]
    [InlineData("%2b", "+")]
    [InlineData("%25", "%")]
    [InlineData("%2525", "%25")]
    [InlineData("a%26b%3Dc", "a&b=c")]
    [InlineData("%00", "\0")]
    [InlineData("%C3%A9", "é")]
    [InlineData("é", "é")]
    [InlineData("%F0%9F%98%80+", "😀 ")]
    public void What_is_encoded_well_is_decoded_once(string encoded, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(encoded);
        var decoded = new byte[bytes.Length];
        FormEncoding.TryDecode(bytes, decoded, out var length).ShouldBeTrue();
        Encoding.UTF8.GetString(decoded, 0, length).ShouldBe(text);

        FormEncoding.TryDecode(bytes, bytes, out length).ShouldBeTrue();
        Encoding.UTF8.GetString(bytes, 0, length).ShouldBe(text, "in its own place");
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("a%4")]
    [InlineData("%zz")]
    [InlineData("%4z")]
    [InlineData("%g0")]
    [InlineData("%+1")]
    [InlineData("% 1")]
    [InlineData("%-1")]
    [InlineData("%4\0")]
    [InlineData("%%41")]
    [InlineData("%FF")]
    [InlineData("%C3")]
    [InlineData("%C0%AF")]
    [InlineData("%ED%A0%80")]
    public void An_escape_that_is_none_and_what_is_not_UTF8_is_refused(string encoded)
    {
        var bytes = Encoding.UTF8.GetBytes(encoded);
        FormEncoding.TryDecode(bytes, new byte[bytes.Length], out _).ShouldBeFalse();
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_unescaped_as_well() =>
        FormEncoding.TryDecode([0x61, 0xFF], new byte[2], out _).ShouldBeFalse();
}
