using Gating.Usage;
using Shouldly;
using Xunit;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

public sealed class RateLimitFieldsTests
{
    private static readonly DateTimeOffset Now = At("2026-05-04T10:07:30.500");

    private static readonly QuotaPlan Mixed = Plan(
        Calendar(CalendarPeriod.Day, 20, name: "person-day"),
        Calendar(CalendarPeriod.Month, 300, QuotaScope.AppPerson, "month"),
        Burst(TimeSpan.FromSeconds(60), 5, name: "burst"),
        Rolling(TimeSpan.FromHours(1), 9, QuotaScope.PersonTool, "shared-tool"),
        Calendar(CalendarPeriod.Day, 7, QuotaScope.Person, "shared-day"));

    [Fact]
    public void The_policy_names_the_apps_own_quotas_with_their_windows() =>
        Mixed.PolicyField.ShouldBe("\"person-day\";q=20;w=86400, \"month\";q=300, \"burst\";q=5;w=60");

    [Fact]
    public void The_limits_tell_what_remains_and_for_how_many_whole_seconds()
    {
        var statuses = Mixed.Charge([], 2, Now).Charged().Statuses;

        // 13:52:29.5 are left of the day, rounded up; a unit of the burst comes back in 12 s.
        RateLimitFields.Limits(statuses, Now).ShouldBe("\"person-day\";r=18;t=49950, \"month\";r=298;t=2382750, \"burst\";r=3;t=12");
    }

    [Fact]
    public void A_full_bucket_waits_for_nothing() =>
        RateLimitFields.Limits(Plan(Burst(TimeSpan.FromSeconds(60), 5)).Read([], Now), Now).ShouldBe("\"burst\";r=5");

    [Fact]
    public void Without_own_quotas_there_are_no_fields()
    {
        var plan = Plan(Calendar(CalendarPeriod.Day, 7, QuotaScope.Person), Rolling(TimeSpan.FromHours(1), 9, QuotaScope.PersonTool));
        var statuses = plan.Read([], Now);

        plan.PolicyField.ShouldBeNull();
        RateLimitFields.Limits(statuses, Now).ShouldBeNull();
        RateLimitFields.Legacy(statuses, Now).ShouldBeNull();
    }

    [Fact]
    public void Old_clients_hear_of_the_tightest_own_quota()
    {
        var statuses = Mixed.Charge([], 2, Now).Charged().Statuses;

        RateLimitFields.Legacy(statuses, Now).ShouldBe(new LegacyRateLimit(5, 3, At("2026-05-04T10:07:43").ToUnixTimeSeconds()));
    }

    [Fact]
    public void Of_two_that_are_equally_tight_old_clients_hear_of_the_one_that_lasts_longer()
    {
        var plan = Plan(Calendar(CalendarPeriod.Minute, 5, name: "a"), Calendar(CalendarPeriod.Day, 5, name: "b"), Calendar(CalendarPeriod.Hour, 5, name: "c"));

        RateLimitFields.Legacy(plan.Read([], Now), Now)!.Value.ResetAt.ShouldBe(At("2026-05-05T00:00").ToUnixTimeSeconds());
    }

    [Fact]
    public void Names_are_quoted_as_structured_strings() =>
        RateLimitFields.Limits([new(new Quota.Calendar("a\"b\\c\né", QuotaScope.AppPerson, 5, CalendarPeriod.Day), 1, null)], Now)
            .ShouldBe("\"a\\\"b\\\\c??\";r=1");

    public static TheoryData<string, QuotaScope, string, long> Waits => new()
    {
        { "an own wait is exact, rounded up to seconds", QuotaScope.AppPerson, "2026-05-04T10:07:32.501", 3 },
        { "never zero", QuotaScope.AppPerson, "2026-05-04T10:07:30.501", 1 },
        { "a shared wait goes to the next minute", QuotaScope.Person, "2026-05-04T10:07:31", 30 },
        { "a minute that is met exactly stays", QuotaScope.PersonTool, "2026-05-04T10:08", 30 },
        { "a quarter of an hour away is still minutes", QuotaScope.Person, "2026-05-04T10:22:30.500", 930 },
        { "further away it goes to the next quarter", QuotaScope.Person, "2026-05-04T10:22:30.501", 1350 },
        { "a quarter that is met exactly stays", QuotaScope.PersonTool, "2026-05-05T00:00", 49950 },
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public void What_others_may_have_caused_is_told_only_roughly(string what, QuotaScope scope, string freeAt, long seconds)
    {
        var refused = new UsageDecision.Exceeded([new(Calendar(CalendarPeriod.Day, 1, scope), At(freeAt))], []);

        RateLimitFields.RetryAfter(refused, Now).ShouldBe(seconds, what);
    }

    [Fact]
    public void The_longest_wait_counts_after_rounding()
    {
        var own = new QuotaViolation(Calendar(CalendarPeriod.Day, 1), Now.AddSeconds(25));
        var shared = new QuotaViolation(Calendar(CalendarPeriod.Day, 1, QuotaScope.Person), Now.AddSeconds(20));

        RateLimitFields.RetryAfter(new UsageDecision.Exceeded([own, shared], []), Now).ShouldBe(30);
        RateLimitFields.RetryAfter(new UsageDecision.Exceeded([own with { RetryAt = Now.AddSeconds(31) }, shared], []), Now).ShouldBe(31);
    }

    [Fact]
    public void What_can_never_fit_has_no_wait()
    {
        var refused = Mixed.Charge([], 8, Now).Exceeded();

        refused.Never.ShouldBeTrue();
        RateLimitFields.RetryAfter(refused, Now).ShouldBeNull();
    }

    [Fact]
    public void A_full_head_is_told_roughly_too() =>
        RateLimitFields.RetryAfter(new UsageDecision.TooManyWindows(Now.AddSeconds(1)), Now).ShouldBe(30);
}
