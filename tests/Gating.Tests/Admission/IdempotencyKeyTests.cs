using Gating.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

public sealed class IdempotencyKeyTests
{
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("\"abc\"", "abc")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324")]
    public void Both_forms_are_read(string header, string key)
    {
        IdempotencyKey.TryParse(header, out var parsed).ShouldBeTrue();
        parsed.Value.ShouldBe(key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"")]
    [InlineData("\"a")]
    [InlineData("a\"b")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"a\\\"")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("a\tb")]
    public void Anything_else_is_refused(string header) => IdempotencyKey.TryParse(header, out _).ShouldBeFalse();

    [Fact]
    public void A_key_has_at_most_255_characters()
    {
        IdempotencyKey.TryParse(new string('a', 255), out _).ShouldBeTrue();
        IdempotencyKey.TryParse(new string('a', 256), out _).ShouldBeFalse();
    }

    [Fact]
    public void Two_apps_do_not_share_a_key()
    {
        IdempotencyKey.TryParse("abc", out var key).ShouldBeTrue();
        key.ToHash("a").ShouldNotBe(key.ToHash("b"));
    }
}
