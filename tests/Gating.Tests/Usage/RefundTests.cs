using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Usage;
using Shouldly;
using Xunit;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

public sealed class RefundTests
{
    private static readonly DateTimeOffset Now = At("2026-05-04T10:00");

    private static readonly QuotaPlan EveryKind = Plan(
        Calendar(CalendarPeriod.Day, 10),
        Rolling(TimeSpan.FromHours(1), 10),
        Burst(TimeSpan.FromMinutes(1), 10));

    [Fact]
    public void A_refund_at_once_is_as_if_nothing_had_been_charged()
    {
        var charged = EveryKind.Charge([], 7, Now).Charged();

        var windows = EveryKind.Refund(charged.Windows, charged.Charge, 7, Now);

        windows.ShouldBeEmpty();
        EveryKind.Read(windows, Now).ShouldAllBe(status => status.Remaining == 10);
    }

    [Fact]
    public void A_refund_of_some_units_returns_those()
    {
        var charged = EveryKind.Charge([], 7, Now).Charged();

        EveryKind.Read(EveryKind.Refund(charged.Windows, charged.Charge, 3, Now), Now).ShouldAllBe(status => status.Remaining == 6);
    }

    [Fact]
    public void A_refund_goes_to_the_windows_of_its_charge_and_not_to_those_of_today()
    {
        var plan = Plan(Calendar(CalendarPeriod.Day, 10));
        var yesterday = plan.Charge([], 7, At("2026-05-03T23:59:59.999")).Charged();
        var today = plan.Charge(yesterday.Windows, 4, At("2026-05-04T00:00")).Charged();

        var windows = plan.Refund(today.Windows, yesterday.Charge, 7, At("2026-05-04T00:00:01"));

        plan.Read(windows, At("2026-05-04T00:00:01")).Single().Remaining.ShouldBe(6);
    }

    [Fact]
    public void A_refund_frees_the_bucket_of_its_charge()
    {
        var plan = Plan(Rolling(TimeSpan.FromHours(1), 10));
        var first = plan.Charge([], 4, At("2026-05-04T10:00")).Charged();
        var second = plan.Charge(first.Windows, 6, At("2026-05-04T10:30")).Charged();

        var windows = plan.Refund(second.Windows, first.Charge, 4, At("2026-05-04T10:31"));

        plan.Read(windows, At("2026-05-04T10:31")).Single().ShouldSatisfyAllConditions(
            status => status.Remaining.ShouldBe(4),
            status => status.Resets.ShouldBe(At("2026-05-04T11:35")));
    }

    [Fact]
    public void A_bucket_gets_back_only_what_has_not_flowed_back_by_itself()
    {
        var plan = Plan(Burst(TimeSpan.FromSeconds(10), 10));
        var first = plan.Charge([], 10, Now).Charged();
        var second = plan.Charge(first.Windows, 9, Now.AddSeconds(9)).Charged();

        // Nine of the ten are back and were used again; returning all ten would allow nineteen within a second.
        var windows = plan.Refund(second.Windows, first.Charge, 10, Now.AddSeconds(9));

        plan.Read(windows, Now.AddSeconds(9)).Single().Remaining.ShouldBe(1);
        plan.Refund(second.Windows, first.Charge, 10, Now.AddSeconds(10)).ShouldBe(second.Windows);
    }

    [Fact]
    public void Too_large_a_refund_never_leaves_more_than_the_limit()
    {
        var charged = EveryKind.Charge([], 1, Now).Charged();

        var windows = EveryKind.Refund(charged.Windows, charged.Charge, Quota.MaxLimit, Now);

        EveryKind.Read(windows, Now).ShouldAllBe(status => status.Remaining == 10);
    }

    [Fact]
    public void A_quota_that_came_later_returns_nothing()
    {
        var before = Plan(Calendar(CalendarPeriod.Day, 10));
        var first = before.Charge([], 5, Now).Charged();
        var after = Plan(Calendar(CalendarPeriod.Day, 10), Calendar(CalendarPeriod.Hour, 10, name: "later"));
        var second = after.Charge(first.Windows, 3, Now).Charged();

        var windows = after.Refund(second.Windows, first.Charge, 5, Now);

        after.Read(windows, Now).Select(status => status.Remaining).ShouldBe([7, 7]);
    }

    [Fact]
    public void Other_windows_stay_and_ended_ones_go()
    {
        var charged = EveryKind.Charge([], 1, Now).Charged();
        var live = new UsageWindow(1, Now, Now.AddDays(2), 5);
        var ended = new UsageWindow(2, Now, Now.AddSeconds(1), 5);

        EveryKind.Refund([ended, live, .. charged.Windows], charged.Charge, 1, Now.AddSeconds(1)).ShouldContain(live);
        EveryKind.Refund([ended, live, .. charged.Windows], charged.Charge, 1, Now.AddSeconds(1)).ShouldNotContain(ended);
    }

    /// <summary>
    /// Random charges and refunds of earlier charges. Counting only what was not returned, no calendar day, no rolling window and no stretch of a token
    /// bucket ever holds more than its limit allows.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds.Hundred), MemberType = typeof(Seeds))]
    public void What_is_not_returned_stays_within_every_limit(int seed)
    {
        var random = new Random(seed);
        var limit = random.Next(2, 15);
        var length = TimeSpan.FromMinutes(1);
        var plan = Plan(seed % 3 == 0 ? Calendar(CalendarPeriod.Minute, limit) : seed % 3 == 1 ? Rolling(length, limit) : Burst(length, limit));
        var windows = ImmutableArray<UsageWindow>.Empty;
        var kept = new List<(UsageCharge Charge, long Units)>();
        var now = Now;
        for (var i = 0; i < 200; i++)
        {
            now = now.AddMilliseconds(random.Next(8000));
            if (random.Next(4) == 0 && kept.Count > 0)
            {
                var (charge, charged) = kept[^random.Next(1, Math.Min(6, kept.Count) + 1)];
                kept.Remove((charge, charged));
                windows = plan.Refund(windows, charge, charged, now);
            }
            else
            {
                var units = random.Next(1, limit + 1);
                if (plan.Charge(windows, units, now) is UsageDecision.Charged accepted)
                {
                    kept.Add((accepted.Charge, units));
                    windows = accepted.Windows;
                }
            }
        }

        foreach (var from in kept)
        {
            long units = 0;
            foreach (var to in kept.Where(one => one.Charge.At >= from.Charge.At))
            {
                units += to.Units;
                var stretch = to.Charge.At - from.Charge.At;
                var allowed = (seed % 3) switch
                {
                    0 => SameMinute(from.Charge.At, to.Charge.At) ? limit : long.MaxValue,
                    1 => stretch <= length ? limit : long.MaxValue,
                    _ => limit + (limit * stretch / length),
                };
                ((double)units).ShouldBeLessThanOrEqualTo(allowed);
            }
        }
    }

    private static bool SameMinute(DateTimeOffset one, DateTimeOffset other) =>
        one.UtcTicks / TimeSpan.TicksPerMinute == other.UtcTicks / TimeSpan.TicksPerMinute;
}
