using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Usage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

/// <summary>Quotas that are not in force: judged, told, and in nobody's way.</summary>
public sealed class ShadowQuotaTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = At("2026-05-04T10:00");
    private static readonly Quota InForce = Calendar(CalendarPeriod.Day, 5);
    private static readonly Quota Tight = Calendar(CalendarPeriod.Day, 2, name: "tight") with { IsShadow = true };

    [Fact]
    public void What_it_would_have_refused_is_charged_all_the_same_and_told()
    {
        var plan = Plan(InForce, Tight);
        var windows = plan.Charge([], 2, Now).Charged().Windows;

        var charged = plan.Charge(windows, 1, Now).Charged();

        charged.Shadowed.ShouldBe([Tight]);
        charged.Charge.Ids.ShouldBe(plan.Ids);
        charged.Statuses.Select(static status => (status.Quota.Name, status.Remaining)).ShouldBe([("calendar", 2)]);
        plan.Read(charged.Windows, Now).Select(static status => (status.Quota.Name, status.Remaining)).ShouldBe([("calendar", 2), ("tight", 0)]);
        plan.PolicyField.ShouldBe("\"calendar\";q=5;w=86400");
    }

    [Fact]
    public void Each_is_judged_by_itself_and_what_it_refuses_does_not_count_in_it()
    {
        var wide = Calendar(CalendarPeriod.Month, 4, name: "wide") with { IsShadow = true };
        var plan = Plan(InForce, Tight, wide);
        var windows = ImmutableArray<UsageWindow>.Empty;
        var told = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var charged = plan.Charge(windows, 1, Now).Charged();
            windows = charged.Windows;
            told.Add(string.Join(' ', charged.Shadowed.Select(static quota => quota.Name)));
        }

        told.ShouldBe(["", "", "tight", "tight", "tight wide"]);
        plan.Read(windows, Now).Select(static status => status.Remaining).ShouldBe([0, 0, 0]);
        plan.Charge(windows, 1, Now).Exceeded().Violations.ShouldHaveSingleItem().Quota.ShouldBe(InForce);
    }

    [Fact]
    public void What_it_refuses_takes_no_room_in_it()
    {
        var plan = Plan(InForce, Tight);
        var windows = plan.Charge([], 1, Now).Charged().Windows;

        var refused = plan.Charge(windows, 2, Now).Charged();
        refused.Shadowed.ShouldBe([Tight]);
        plan.Charge(refused.Windows, 1, Now).Charged().Shadowed.ShouldBeEmpty();
    }

    [Fact]
    public void Units_come_back_to_the_shadows_that_were_charged_and_to_no_others()
    {
        var plan = Plan(InForce, Tight);
        var first = plan.Charge([], 2, Now).Charged();
        var second = plan.Charge(first.Windows, 2, Now).Charged();

        plan.Read(plan.Refund(second.Windows, second.Charge, 2, Now), Now).Select(static status => status.Remaining).ShouldBe([3, 0]);
        plan.Read(plan.Refund(second.Windows, first.Charge, 2, Now), Now).Select(static status => status.Remaining).ShouldBe([3, 2]);
    }

    [Fact]
    public void Put_in_force_it_counts_anew()
    {
        var windows = Plan(InForce, Tight).Charge(2, "2026-05-04T10:00");

        Plan(InForce, Tight with { IsShadow = false }).Charge(windows, 2, Now).Charged().Statuses.Select(static status => status.Remaining).ShouldBe([1, 0]);
    }

    /// <summary>One person, twelve apps, heads that are full: every decision, and every window that counts, is what it would be without shadows.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nobody_is_refused_for_one_even_where_a_head_is_full(int seed)
    {
        var random = new Random(seed);
        Quota inForce = Rolling(TimeSpan.FromHours(1), 80);
        Quota[] shadows = [Rolling(TimeSpan.FromHours(2), 30, name: "s1"), Burst(TimeSpan.FromHours(1), 20, name: "s2"), Calendar(CalendarPeriod.Hour, 20, QuotaScope.Person, "s3")];
        var plans = Enumerable.Range(0, 12).Select(i => (
            Plain: QuotaPlan.For($"app{i}", Tool, [inForce], []),
            Shadowed: QuotaPlan.For($"app{i}", Tool, [inForce, .. shadows.Select(static quota => quota with { IsShadow = true })], []))).ToArray();
        var (plain, shadowed, now) = (ImmutableArray<UsageWindow>.Empty, ImmutableArray<UsageWindow>.Empty, Now);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var mostShadows = 0;
        for (var i = 0; i < 4000; i++)
        {
            var (plan, units) = (plans[random.Next(plans.Length)], random.Next(1, 6));
            var (one, other) = (plan.Plain.Charge(plain, units, now), plan.Shadowed.Charge(shadowed, units, now));
            other.GetType().ShouldBe(one.GetType());
            seen[one.GetType().Name] = seen.GetValueOrDefault(one.GetType().Name) + 1;
            switch (one, other)
            {
                case (UsageDecision.Charged first, UsageDecision.Charged second):
                    (plain, shadowed) = (first.Windows, second.Windows);
                    shadowed.Where(static window => !QuotaRules.IsShadow(window.Id)).ShouldBe(plain);
                    shadowed.Length.ShouldBeLessThanOrEqualTo(Head.MaxWindows);
                    second.Statuses.ShouldBe(first.Statuses);
                    mostShadows = Math.Max(mostShadows, shadowed.Length - plain.Length);
                    break;
                case (UsageDecision.Exceeded first, UsageDecision.Exceeded second):
                    second.RetryAt.ShouldBe(first.RetryAt);
                    break;
                case (UsageDecision.TooManyWindows first, UsageDecision.TooManyWindows second):
                    second.ShouldBe(first);
                    break;
            }

            now = now.AddSeconds(random.Next(0, 20));
        }

        output.WriteLine($"{string.Join(", ", seen)}; at most {mostShadows} windows of shadows");
        seen.Values.Min().ShouldBeGreaterThan(20);
        seen.Count.ShouldBe(3);
        mostShadows.ShouldBeGreaterThan(20);
    }
}
