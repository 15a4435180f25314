using Gating.Usage;
using Shouldly;
using Xunit;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

public sealed class CalendarQuotaTests
{
    public static TheoryData<string, CalendarPeriod, string, string> Periods => new()
    {
        { "a minute", CalendarPeriod.Minute, "2026-05-04T10:11:59.999", "2026-05-04T10:12" },
        { "the first moment of a minute", CalendarPeriod.Minute, "2026-05-04T10:12", "2026-05-04T10:13" },
        { "an hour across midnight", CalendarPeriod.Hour, "2026-05-04T23:59:59.999", "2026-05-05T00:00" },
        { "a day", CalendarPeriod.Day, "2026-05-04T23:59:59.999", "2026-05-05T00:00" },
        { "the first moment of a day", CalendarPeriod.Day, "2026-05-05T00:00", "2026-05-06T00:00" },
        { "the last day of a common February", CalendarPeriod.Day, "2026-02-28T12:00", "2026-03-01T00:00" },
        { "the day before a leap day", CalendarPeriod.Day, "2028-02-28T12:00", "2028-02-29T00:00" },
        { "a leap day", CalendarPeriod.Day, "2028-02-29T23:59:59.999", "2028-03-01T00:00" },
        { "the last day of a year", CalendarPeriod.Day, "2026-12-31T23:59:59.999", "2027-01-01T00:00" },
        { "a month of 31 days", CalendarPeriod.Month, "2026-01-31T23:59:59.999", "2026-02-01T00:00" },
        { "a month of 30 days", CalendarPeriod.Month, "2026-04-30T23:59:59.999", "2026-05-01T00:00" },
        { "a common February", CalendarPeriod.Month, "2026-02-28T23:59:59.999", "2026-03-01T00:00" },
        { "a leap February", CalendarPeriod.Month, "2028-02-29T23:59:59.999", "2028-03-01T00:00" },
        { "a February of a century that does not leap", CalendarPeriod.Month, "2100-02-28T23:59:59.999", "2100-03-01T00:00" },
        { "December", CalendarPeriod.Month, "2026-12-31T23:59:59.999", "2027-01-01T00:00" },
        { "a day when somebody's clocks change", CalendarPeriod.Day, "2026-03-29T02:30", "2026-03-30T00:00" },
    };

    [Theory]
    [MemberData(nameof(Periods))]
    public void A_period_ends_where_the_UTC_calendar_says(string period, CalendarPeriod kind, string now, string end)
    {
        var plan = Plan(Calendar(kind, 1));
        var windows = plan.Charge(1, now);

        var refused = plan.Charge(windows, 1, At(now)).Exceeded();
        refused.RetryAt.ShouldBe(At(end), period);
        plan.Charge(windows, 1, At(end).AddMilliseconds(-1)).Exceeded().RetryAt.ShouldBe(At(end), period);
        plan.Charge(windows, 1, At(end)).Charged().Statuses.Single().Remaining.ShouldBe(0, period);
    }

    [Fact]
    public void A_time_with_an_offset_counts_in_the_UTC_day()
    {
        var plan = Plan(Calendar(CalendarPeriod.Day, 1));
        var beijing = new DateTimeOffset(2026, 5, 5, 7, 59, 59, TimeSpan.FromHours(8));

        var windows = plan.Charge([], 1, beijing).Charged().Windows;

        plan.Charge(windows, 1, At("2026-05-04T23:59:59")).ShouldBeOfType<UsageDecision.Exceeded>();
        plan.Charge(windows, 1, beijing.AddSeconds(1)).ShouldBeOfType<UsageDecision.Charged>();
    }

    [Fact]
    public void Use_of_the_last_moment_counts_in_the_old_day_and_of_the_first_in_the_new()
    {
        var plan = Plan(Calendar(CalendarPeriod.Day, 3));
        var windows = plan.Charge(3, "2026-12-31T23:59:59.999");
        windows = plan.Charge(2, "2027-01-01T00:00:00.000", windows);

        plan.Read(windows, At("2027-01-01T00:00:00.001")).Single().Remaining.ShouldBe(1);
        windows.Length.ShouldBe(1, "the ended window is dropped");
    }

    [Fact]
    public void A_limit_that_was_lowered_below_what_is_used_leaves_nothing_and_heals_with_the_period()
    {
        var windows = Plan(Calendar(CalendarPeriod.Day, 10)).Charge(10, "2026-05-04T10:00");
        var lowered = Plan(Calendar(CalendarPeriod.Day, 4));

        lowered.Read(windows, At("2026-05-04T10:00")).Single().Remaining.ShouldBe(0);
        lowered.Charge(windows, 1, At("2026-05-04T10:00")).Exceeded().RetryAt.ShouldBe(At("2026-05-05T00:00"));
        Plan(Calendar(CalendarPeriod.Day, 12)).Read(windows, At("2026-05-04T10:00")).Single().Remaining.ShouldBe(2);
    }
}
