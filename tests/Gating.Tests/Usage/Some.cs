using System.Collections.Immutable;
using System.Globalization;
using Gating.Ledger;
using Gating.Usage;
using Shouldly;

namespace Gating.Tests.Usage;

/// <summary>Quotas, plans and times in the words that the tables of these tests use.</summary>
internal static class Some
{
    public const string App = "studio";
    public const string Tool = "https://tools.example/face-swap";

    public static DateTimeOffset At(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static Quota Calendar(CalendarPeriod period, long limit, QuotaScope scope = QuotaScope.AppPersonTool, string name = "calendar") =>
        new Quota.Calendar(name, scope, limit, period);

    public static Quota Rolling(TimeSpan window, long limit, QuotaScope scope = QuotaScope.AppPersonTool, string name = "rolling") =>
        new Quota.Rolling(name, scope, limit, window);

    public static Quota Burst(TimeSpan refill, long limit, QuotaScope scope = QuotaScope.AppPersonTool, string name = "burst") =>
        new Quota.Burst(name, scope, limit, refill);

    public static QuotaPlan Plan(params Quota[] quotas) => QuotaPlan.For(App, Tool, [.. quotas], []);

    public static UsageDecision.Charged Charged(this UsageDecision decision) => decision.ShouldBeOfType<UsageDecision.Charged>();

    public static UsageDecision.Exceeded Exceeded(this UsageDecision decision) => decision.ShouldBeOfType<UsageDecision.Exceeded>();

    public static ImmutableArray<UsageWindow> Charge(this QuotaPlan plan, long units, string at, ImmutableArray<UsageWindow> windows = default) =>
        plan.Charge(windows.IsDefault ? [] : windows, units, At(at)).Charged().Windows;
}
