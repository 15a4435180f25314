using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Usage;
using Shouldly;
using Xunit;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

/// <summary>All quotas of a plan, or none.</summary>
public sealed class ChargeTests
{
    private static readonly DateTimeOffset Now = At("2026-05-04T10:00");

    private static readonly Quota[] EveryKind =
    [
        Calendar(CalendarPeriod.Day, 10),
        Rolling(TimeSpan.FromHours(1), 6, QuotaScope.PersonTool),
        Burst(TimeSpan.FromMinutes(1), 3, QuotaScope.Person),
    ];

    public static TheoryData<string, long, string[], bool, bool> Refusals => new()
    {
        { "only the burst is in the way", 3, ["burst"], false, false },
        { "burst for ever, rolling for now", 5, ["rolling", "burst"], false, true },
        { "all three", 9, ["calendar", "rolling", "burst"], true, true },
        { "more than any limit", 11, ["calendar", "rolling", "burst"], true, true },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Every_quota_in_the_way_is_named(string what, long units, string[] names, bool own, bool never)
    {
        var plan = Plan(EveryKind);
        var windows = plan.Charge([], 2, Now).Charged().Windows;

        var refused = plan.Charge(windows, units, Now).Exceeded();

        refused.Violations.Select(violation => violation.Quota.Name).ShouldBe(names, what);
        refused.OwnViolated.ShouldBe(own, what);
        refused.Never.ShouldBe(never, what);
        (refused.RetryAt is null).ShouldBe(never, what);
    }

    [Fact]
    public void A_refused_charge_leaves_every_quota_as_it_was()
    {
        var plan = Plan(EveryKind);
        var windows = plan.Charge([], 3, Now).Charged().Windows;
        var before = plan.Read(windows, Now);

        var refused = plan.Charge(windows, 1, Now).Exceeded();

        refused.Statuses.ShouldBe(before);
        plan.Read(windows, Now).Select(status => status.Remaining).ShouldBe([7, 3, 0]);
    }

    [Fact]
    public void The_same_request_fits_when_the_last_quota_in_the_way_says()
    {
        var plan = Plan(Burst(TimeSpan.FromMinutes(1), 2), Rolling(TimeSpan.FromHours(1), 2));
        var windows = plan.Charge([], 2, Now).Charged().Windows;

        var retryAt = plan.Charge(windows, 1, Now).Exceeded().RetryAt.ShouldNotBeNull();

        retryAt.ShouldBe(At("2026-05-04T11:05"));
        plan.Charge(windows, 1, retryAt).ShouldBeOfType<UsageDecision.Charged>();
    }

    [Fact]
    public void Statuses_tell_what_is_left_after_the_charge()
    {
        Plan(EveryKind).Charge([], 2, Now).Charged().Statuses.ShouldBe(
        [
            new(EveryKind[0], 8, At("2026-05-05T00:00")),
            new(EveryKind[1], 4, At("2026-05-04T11:05")),
            new(EveryKind[2], 1, At("2026-05-04T10:00:20")),
        ]);
    }

    [Fact]
    public void A_plan_without_quotas_charges_anything_and_drops_what_has_ended()
    {
        var ended = new UsageWindow(1, Now.AddHours(-2), Now, 7);
        var live = new UsageWindow(2, Now.AddHours(-2), Now.AddMilliseconds(1), 7);

        Plan().Charge([ended, live], 1_000_000, Now).Charged().Windows.ShouldBe([live]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Units_below_one_are_a_mistake_of_the_caller(long units) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Plan(EveryKind).Charge([], units, Now));

    [Fact]
    public void The_largest_request_overflows_nothing() =>
        Plan(EveryKind).Charge([], long.MaxValue, Now).Exceeded().Never.ShouldBeTrue();

    [Fact]
    public void A_head_that_is_full_refuses_until_a_window_ends()
    {
        var windows = Enumerable.Range(0, Head.MaxWindows)
            .Select(i => new UsageWindow(2UL * (ulong)i, Now.AddHours(-1), Now.AddMinutes(i + 1), 1))
            .ToImmutableArray();
        var plan = Plan(Calendar(CalendarPeriod.Day, 5), Burst(TimeSpan.FromMinutes(1), 5));

        var refused = plan.Charge(windows, 1, Now).ShouldBeOfType<UsageDecision.TooManyWindows>();

        refused.RetryAt.ShouldBe(Now.AddMinutes(2), "two windows are wanted, so two must go");
        plan.Charge(windows, 1, refused.RetryAt.AddMilliseconds(-1)).ShouldBeOfType<UsageDecision.TooManyWindows>();
        plan.Charge(windows, 1, refused.RetryAt).Charged().Windows.Length.ShouldBe(Head.MaxWindows);
    }

    [Fact]
    public void A_full_head_still_takes_charges_to_the_windows_it_has()
    {
        var plan = Plan(Calendar(CalendarPeriod.Day, 5));
        var own = plan.Charge([], 1, Now).Charged().Windows;
        var others = Enumerable.Range(0, Head.MaxWindows - 1).Select(i => new UsageWindow(2UL * (ulong)i, Now, Now.AddHours(1), 1));

        plan.Charge([.. own, .. others], 1, Now).Charged().Statuses.Single().Remaining.ShouldBe(3);
    }

    [Theory]
    [InlineData(QuotaScope.AppPersonTool, true, true, true)]
    [InlineData(QuotaScope.AppPerson, true, false, true)]
    [InlineData(QuotaScope.PersonTool, false, true, false)]
    [InlineData(QuotaScope.Person, false, false, false)]
    public void A_scope_tells_apart_what_its_name_says(QuotaScope scope, bool byApp, bool byTool, bool own)
    {
        var quota = Calendar(CalendarPeriod.Day, 5, scope);
        var id = QuotaPlan.For("a", "https://t/1", [quota], []).Ids.Single();

        (QuotaPlan.For("b", "https://t/1", [quota], []).Ids.Single() != id).ShouldBe(byApp);
        (QuotaPlan.For("a", "https://t/2", [quota], []).Ids.Single() != id).ShouldBe(byTool);
        QuotaPlan.For("a", "https://t/1", [], [quota]).Ids.Single().ShouldBe(id);
        quota.IsOwn.ShouldBe(own);
    }

    [Fact]
    public void Ids_are_stored_and_never_change()
    {
        // These stand in heads. If this test fails, people's use is forgotten on the day of the update.
        Plan(EveryKind).Ids.Select(id => id.ToString("x16")).ShouldBe(["e540b2eadfc99e84", "36dd93b6a8e23c4c", "81f96de582c04e48"]);
    }

    [Fact]
    public void A_new_limit_keeps_what_was_used_and_a_new_shape_starts_afresh()
    {
        var id = Plan(Calendar(CalendarPeriod.Day, 5)).Ids.Single();

        Plan(Calendar(CalendarPeriod.Day, 6)).Ids.Single().ShouldBe(id);
        Plan(Calendar(CalendarPeriod.Month, 5)).Ids.Single().ShouldNotBe(id);
        Plan(Rolling(TimeSpan.FromDays(1), 5, name: "calendar")).Ids.Single().ShouldNotBe(id);
        Plan(Rolling(TimeSpan.FromDays(1), 5)).Ids.ShouldNotBe(Plan(Rolling(TimeSpan.FromDays(2), 5)).Ids);
        Plan(Burst(TimeSpan.FromDays(1), 5)).Ids.ShouldNotBe(Plan(Burst(TimeSpan.FromDays(2), 5)).Ids);
    }

    [Fact]
    public void Every_kind_of_quota_has_a_rule()
    {
        var kinds = typeof(Quota).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Quota)));

        kinds.ShouldBe(EveryKind.Select(quota => quota.GetType()), ignoreOrder: true);
        Plan(EveryKind).Ids.Distinct().Count().ShouldBe(EveryKind.Length);
    }

    public static TheoryData<Quota> Impossible =>
    [
        Calendar(CalendarPeriod.Day, 0),
        Calendar(CalendarPeriod.Day, Quota.MaxLimit + 1),
        Rolling(TimeSpan.Zero, 5),
        Rolling(Quota.MaxWindow + TimeSpan.FromSeconds(1), 5),
        Rolling(TimeSpan.FromTicks(TimeSpan.TicksPerSecond + 1), 5),
        Burst(TimeSpan.FromMilliseconds(999), 5),
        Burst(Quota.MaxWindow + TimeSpan.FromSeconds(1), 5),
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_quota_that_cannot_be_counted_makes_no_plan(Quota quota) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Plan(quota));

    [Fact]
    public void A_plan_that_no_head_could_hold_is_refused()
    {
        var quotas = Enumerable.Range(0, 10).Select(i => Rolling(TimeSpan.FromHours(1), 5, name: $"r{i}")).ToImmutableArray();

        QuotaPlan.WindowsOf(quotas).ShouldBe(130);
        Should.Throw<ArgumentOutOfRangeException>(() => QuotaPlan.For(App, Tool, quotas, []));
        QuotaPlan.For(App, Tool, quotas[1..], []).MostWindows.ShouldBe(117);
    }

    [Fact]
    public void A_charge_allocates_little()
    {
        var plan = Plan(EveryKind);
        var windows = plan.Charge([], 1, Now).Charged().Windows;
        _ = plan.Charge(windows, 1, Now);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = plan.Charge(windows, 1, Now);
        }

        // Next windows, statuses with their builder, and the decision: nothing per rule, nothing hashed.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 100).ShouldBeLessThan(800);
    }
}
