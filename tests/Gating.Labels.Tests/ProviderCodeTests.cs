using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class ProviderCodeTests
{
    [Theory]
    [InlineData("a generating service's", "001191110102MACQD9K64010000", true)]
    [InlineData("one with a model's code", "001191440300708461136T1XGW3", true)]
    [InlineData("another", "001191310104MACE0YX63918020", true)]
    [InlineData("wrong check character", "001191110102MACQD9K65010000", false)]
    [InlineData("a letter that credit codes leave out", "001191110102MACQI9K64010000", false)]
    [InlineData("another format code", "011191110102MACQD9K64010000", false)]
    [InlineData("small letters", "001191110102macqd9k64010000", false)]
    [InlineData("22 characters", "001191110102MACQD9K640", false)]
    [InlineData("nothing", "", false)]
    [InlineData("not bound by a credit code: nothing to check", "001211110102MACQD9K65010000", true)]
    public void A_code_is_27_characters_whose_check_character_holds(string what, string text, bool isCode) =>
        ProviderCode.TryParse(text, out _).ShouldBe(isCode, what);

    [Fact]
    public void No_code_is_no_text() => Should.Throw<InvalidOperationException>(() => default(ProviderCode).Text);
}
