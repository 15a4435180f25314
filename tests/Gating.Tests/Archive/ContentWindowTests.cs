using Gating.Archive;
using Gating.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

public sealed class ContentWindowTests
{
    private static readonly DateTimeOffset[] Times =
    [
        DateTimeOffset.UnixEpoch, DateTimeOffset.FromUnixTimeMilliseconds((1L << 25) - 1), DateTimeOffset.FromUnixTimeMilliseconds(1L << 25),
        new(2026, 11, 27, 20, 0, 0, 1, TimeSpan.Zero), new(2126, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.FromUnixTimeMilliseconds((1L << 47) + 5),
    ];

    [Fact]
    public void A_number_is_in_the_window_of_the_time_at_which_it_was_drawn()
    {
        foreach (var time in Times)
        {
            var content = ContentId.Create(time);
            ContentWindow.TryParse(content.Text, out var window).ShouldBeTrue();
            content.Text.ShouldStartWith(window.Prefix);
            (window.End - time).ShouldBeInRange(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1 << 25));
            ContentWindow.TryParse(window.Prefix, out var again).ShouldBeTrue();
            again.ShouldBe(window);
        }
    }

    [Fact]
    public void Windows_follow_each_other_without_a_gap()
    {
        foreach (var time in Times)
        {
            ContentWindow.TryParse(ContentId.Create(time).Text, out var window).ShouldBeTrue();
            ContentId.Create(window.End).Text.ShouldStartWith(window.Next.Prefix);
            ContentId.Create(window.End.AddMilliseconds(-1)).Text.ShouldStartWith(window.Prefix);
            string.CompareOrdinal(window.Prefix, window.Next.Prefix).ShouldBeLessThan(0);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01M3")]
    [InlineData("zzzzz")]
    [InlineData("9ZZZZ")]
    [InlineData("readme.txt")]
    public void What_is_no_number_is_in_no_window(string? text) => ContentWindow.TryParse(text, out _).ShouldBeFalse();
}
