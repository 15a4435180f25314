using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Usage;
using Shouldly;
using Xunit;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

public sealed class RollingQuotaTests
{
    private static readonly DateTimeOffset Start = At("2026-12-31T23:00");

    [Fact]
    public void Units_come_back_when_their_whole_bucket_has_left_and_not_before()
    {
        var plan = Plan(Rolling(TimeSpan.FromHours(1), 5));
        var windows = plan.Charge(5, "2026-05-04T10:02");

        // Buckets of five minutes: what was charged at 10:02 is counted as if at 10:05.
        var refused = plan.Charge(windows, 1, At("2026-05-04T11:02")).Exceeded();
        refused.RetryAt.ShouldBe(At("2026-05-04T11:05"));
        plan.Charge(windows, 1, At("2026-05-04T11:04:59.999")).ShouldBeOfType<UsageDecision.Exceeded>();
        plan.Charge(windows, 5, At("2026-05-04T11:05")).ShouldBeOfType<UsageDecision.Charged>();
    }

    [Fact]
    public void A_refusal_names_the_first_moment_at_which_enough_buckets_have_left()
    {
        var plan = Plan(Rolling(TimeSpan.FromHours(1), 6));
        var windows = plan.Charge(1, "2026-05-04T10:00");
        windows = plan.Charge(2, "2026-05-04T10:10", windows);
        windows = plan.Charge(3, "2026-05-04T10:20", windows);

        plan.Charge(windows, 1, At("2026-05-04T10:30")).Exceeded().RetryAt.ShouldBe(At("2026-05-04T11:05"));
        plan.Charge(windows, 2, At("2026-05-04T10:30")).Exceeded().RetryAt.ShouldBe(At("2026-05-04T11:15"));
        plan.Charge(windows, 3, At("2026-05-04T10:30")).Exceeded().RetryAt.ShouldBe(At("2026-05-04T11:15"));
        plan.Charge(windows, 4, At("2026-05-04T10:30")).Exceeded().RetryAt.ShouldBe(At("2026-05-04T11:25"));
        plan.Read(windows, At("2026-05-04T10:30")).Single().Resets.ShouldBe(At("2026-05-04T11:05"));
    }

    [Fact]
    public void It_keeps_thirteen_windows_at_most()
    {
        foreach (var seconds in new[] { 1, 7, 60, 3600, 86_400 })
        {
            var plan = Plan(Rolling(TimeSpan.FromSeconds(seconds), 1_000_000));
            var windows = ImmutableArray<UsageWindow>.Empty;
            for (var i = 0; i < 200; i++)
            {
                windows = plan.Charge(windows, 1, Start.AddMilliseconds(i * seconds * 1000L / 29)).Charged().Windows;
                windows.Length.ShouldBeLessThanOrEqualTo(plan.MostWindows);
            }

            plan.MostWindows.ShouldBe(13);
        }
    }

    /// <summary>
    /// Random use of random quotas against an exact count of every unit: no stretch of the window's length ever holds more than the limit; nothing is
    /// refused that would fit had the window been a twelfth longer; and the promised moment is the first at which the refused units fit.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds.Hundred), MemberType = typeof(Seeds))]
    public void No_stretch_of_the_windows_length_ever_holds_more_than_the_limit(int seed)
    {
        var random = new Random(seed);
        var window = TimeSpan.FromSeconds(random.Next(1, seed % 2 == 0 ? 10 : 100_000));
        var limit = random.Next(1, 20);
        var plan = Plan(Rolling(window, limit));
        var windows = ImmutableArray<UsageWindow>.Empty;
        var use = new List<(DateTimeOffset At, long Units)>();
        var now = Start;

        for (var i = 0; i < 300; i++)
        {
            now = now.AddMilliseconds(random.Next(4) == 0 ? 0 : random.NextInt64((long)(window.TotalMilliseconds / random.Next(1, 40)) + 1));
            var units = random.Next(1, Math.Min(limit, 6) + 1);
            switch (plan.Charge(windows, units, now))
            {
                case UsageDecision.Charged charged:
                    windows = charged.Windows;
                    use.Add((now, units));
                    InStretch(use, now - window, now).ShouldBeLessThanOrEqualTo(limit);
                    break;
                case UsageDecision.Exceeded exceeded:
                    var bucket = Math.Ceiling(window.TotalMilliseconds / 12);
                    (InStretch(use, now - window - TimeSpan.FromMilliseconds(bucket), now) + units).ShouldBeGreaterThan(limit);
                    var at = exceeded.RetryAt.ShouldNotBeNull();
                    plan.Charge(windows, units, at).ShouldBeOfType<UsageDecision.Charged>();
                    plan.Charge(windows, units, at.AddMilliseconds(-1)).ShouldBeOfType<UsageDecision.Exceeded>();
                    break;
            }
        }

        use.Count.ShouldBeGreaterThan(limit / 6, "the walk did use something");
    }

    private static long InStretch(List<(DateTimeOffset At, long Units)> use, DateTimeOffset from, DateTimeOffset to) =>
        use.Where(one => one.At >= from && one.At <= to).Sum(one => one.Units);
}
