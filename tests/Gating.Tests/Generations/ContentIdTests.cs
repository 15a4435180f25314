using Gating.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Generations;

public sealed class ContentIdTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1790000000123);

    // Worked out by another program from what ContentId.cs says: it is in labels, and may never change.
    [Theory]
    [InlineData(0, "00000000000000000000", "00000000000000000000000000")]
    [InlineData(1790000000123, "00010203040506070809", "01M3250V3V000G40R40M30E209")]
    [InlineData(1790000000124, "00000000000000000000", "01M3250V3W0000000000000000")]
    public void It_is_written_as_the_vector_says(long time, string random, string text) =>
        ContentId.Of(DateTimeOffset.FromUnixTimeMilliseconds(time), Convert.FromHexString(random)).Text.ShouldBe(text);

    [Fact]
    public void A_later_one_sorts_behind_whatever_was_drawn()
    {
        var texts = Enumerable.Range(0, 2000).Select(static i => ContentId.Create(Time.AddMilliseconds(i)).Text).ToArray();
        texts.ShouldBe(texts.Order(StringComparer.Ordinal));
        string.CompareOrdinal(ContentId.Of(Time, [255, 255, 255, 255, 255, 255, 255, 255, 255, 255]).Text, ContentId.Of(Time.AddMilliseconds(1), new byte[10]).Text).ShouldBeNegative();
    }

    [Fact]
    public void No_two_of_one_moment_are_the_same() =>
        Enumerable.Range(0, 10_000).Select(static _ => ContentId.Create(Time)).Distinct().Count().ShouldBe(10_000);

    [Theory]
    [InlineData("00000000000000000000000000")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("01M3250V3V000G40R40M30E209")]
    public void What_it_writes_it_reads(string text)
    {
        ContentId.TryParse(text, out var id).ShouldBeTrue();
        id.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01M3250V3V000G40R40M30E20")]
    [InlineData("01M3250V3V000G40R40M30E2090")]
    [InlineData("80000000000000000000000000")]
    [InlineData("01m3250v3v000g40r40m30e209")]
    [InlineData("01M3250V3V000G40R40M30E20I")]
    [InlineData("01M3250V3V000G40R40M30E20L")]
    [InlineData("01M3250V3V000G40R40M30E20O")]
    [InlineData("01M3250V3V000G40R40M30E20U")]
    [InlineData("01M3250V3V000G40R40M30E20/")]
    [InlineData(" 1M3250V3V000G40R40M30E209")]
    [InlineData("01M3250V3V000G40R40M30E20٠")]
    public void Anything_else_is_none(string? text) => ContentId.TryParse(text, out _).ShouldBeFalse();
}
