using System.Collections.Immutable;
using System.Numerics;
using Gating.Ledger;
using Gating.Usage;
using Shouldly;
using Xunit;
using static Gating.Tests.Usage.Some;

namespace Gating.Tests.Usage;

public sealed class BurstQuotaTests
{
    private static readonly DateTimeOffset Start = At("2026-05-04T10:00");

    [Fact]
    public void The_whole_limit_may_be_used_at_once_and_comes_back_evenly()
    {
        var plan = Plan(Burst(TimeSpan.FromSeconds(60), 6));
        var windows = plan.Charge(6, "2026-05-04T10:00");

        plan.Charge(windows, 1, At("2026-05-04T10:00")).Exceeded().RetryAt.ShouldBe(At("2026-05-04T10:00:10"));
        plan.Charge(windows, 1, At("2026-05-04T10:00:09.999")).ShouldBeOfType<UsageDecision.Exceeded>();
        plan.Read(windows, At("2026-05-04T10:00:25")).Single().ShouldSatisfyAllConditions(
            status => status.Remaining.ShouldBe(2),
            status => status.Resets.ShouldBe(At("2026-05-04T10:00:30")));
        plan.Charge(windows, 3, At("2026-05-04T10:00:25")).Exceeded().RetryAt.ShouldBe(At("2026-05-04T10:00:30"));
        plan.Read(windows, At("2026-05-04T10:01")).Single().ShouldBe(new(Burst(TimeSpan.FromSeconds(60), 6), 6, null));
    }

    [Fact]
    public void A_refill_that_does_not_divide_evenly_loses_nothing_over_a_million_steps()
    {
        // 7 units a second: one unit takes 142.857… ms. Taking one as soon as it is there must yield exactly 7 a second for as long as it goes on.
        var plan = Plan(Burst(TimeSpan.FromSeconds(1), 7));
        var windows = plan.Charge([], 7, Start).Charged().Windows;
        var now = Start;
        for (var taken = 1; taken <= 100_000; taken++)
        {
            now = plan.Charge(windows, 1, now).Exceeded().RetryAt!.Value;
            windows = plan.Charge(windows, 1, now).Charged().Windows;
            (now - Start).TotalMilliseconds.ShouldBe(Math.Ceiling(taken * 1000 / 7.0));
        }
    }

    [Fact]
    public void The_largest_quota_there_may_be_is_counted_without_overflow()
    {
        var plan = Plan(Burst(Quota.MaxWindow, Quota.MaxLimit));
        var windows = plan.Charge([], Quota.MaxLimit, Start).Charged().Windows;

        plan.Charge(windows, Quota.MaxLimit, Start).Exceeded().RetryAt.ShouldBe(Start + Quota.MaxWindow);
        plan.Read(windows, Start.AddDays(15.5)).Single().Remaining.ShouldBe(Quota.MaxLimit / 2);
    }

    /// <summary>Random use against an exact bucket of rational tokens: the same answer every time, and the promised moment is the first that works.</summary>
    [Theory]
    [MemberData(nameof(Seeds.Hundred), MemberType = typeof(Seeds))]
    public void It_answers_as_an_exact_token_bucket_does(int seed)
    {
        var random = new Random(seed);
        var limit = random.Next(1, 30);
        var refill = random.Next(1, 100);
        var plan = Plan(Burst(TimeSpan.FromSeconds(refill), limit));
        var windows = ImmutableArray<UsageWindow>.Empty;
        var scale = new BigInteger(refill) * 1000;
        var full = limit * scale;
        var tokens = full;
        var now = Start;

        for (var i = 0; i < 300; i++)
        {
            var pause = random.Next(3) == 0 ? 0 : random.Next((refill * 1000 / limit * 3) + 1);
            now = now.AddMilliseconds(pause);
            tokens = BigInteger.Min(full, tokens + (new BigInteger(pause) * limit));
            var units = random.Next(1, limit + 1);
            plan.Read(windows, now).Single().Remaining.ShouldBe((long)(tokens / scale));
            switch (plan.Charge(windows, units, now))
            {
                case UsageDecision.Charged charged:
                    tokens.ShouldBeGreaterThanOrEqualTo(units * scale);
                    tokens -= units * scale;
                    windows = charged.Windows;
                    break;
                case UsageDecision.Exceeded exceeded:
                    tokens.ShouldBeLessThan(units * scale);
                    var at = exceeded.RetryAt.ShouldNotBeNull();
                    plan.Charge(windows, units, at).ShouldBeOfType<UsageDecision.Charged>();
                    plan.Charge(windows, units, at.AddMilliseconds(-1)).ShouldBeOfType<UsageDecision.Exceeded>();
                    break;
            }
        }
    }
}
