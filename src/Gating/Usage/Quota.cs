namespace Gating.Usage;

/// <summary>Whose use a quota counts together. The first two and <see cref="App"/> are an app's own, and it may see their numbers; of the others it learns only that it must wait.</summary>
public enum QuotaScope
{
    /// <summary>One person's use of one tool through one app.</summary>
    AppPersonTool = 1,

    /// <summary>One person's use of all tools through one app.</summary>
    AppPerson = 2,

    /// <summary>One person's use of one tool through any app.</summary>
    PersonTool = 3,

    /// <summary>One person's use of all tools through any app.</summary>
    Person = 4,

    /// <summary>Everybody's use of all tools through one app. Leased (<see cref="Leases.UsageLeases"/>), as is the next.</summary>
    App = 5,

    /// <summary>Everybody's use of one tool through any app.</summary>
    Tool = 6,
}

public enum CalendarPeriod
{
    Minute = 1,
    Hour = 2,
    Day = 3,
    Month = 4,
}

/// <summary>A limit on units. All quotas that apply are charged together or not at all.</summary>
/// <param name="Name">1 to 32 characters of <c>a-z 0-9 -</c>: unique within its tool or the person's policy, and stable, since use is counted under it.</param>
/// <param name="Limit">1 to <see cref="MaxLimit"/> units. May change at any time: what was used stays used.</param>
public abstract record Quota(string Name, QuotaScope Scope, long Limit)
{
    /// <summary>With <see cref="MaxWindow"/> it keeps limit times milliseconds, which the burst rule counts in, within 63 bits.</summary>
    public const long MaxLimit = 1_000_000_000;

    /// <summary>Longest rolling window and slowest refill.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(31);

    /// <summary>Shortest rolling window and fastest refill.</summary>
    public static readonly TimeSpan MinWindow = TimeSpan.FromSeconds(1);

    /// <summary>Not in force: it is counted and judged as if it were, by itself, and what it would have refused is recorded with the grant. Nobody shares one, no app sees it.</summary>
    public bool IsShadow { get; init; }

    /// <summary>Whether the app may see the numbers of this quota. What is shared with other apps it must not: it could tell people apart, or together.</summary>
    public bool IsOwn => Scope is QuotaScope.AppPersonTool or QuotaScope.AppPerson or QuotaScope.App;

    /// <summary>Whether it counts everybody together: in the ledger of the app or the tool, and not in a person's.</summary>
    public bool IsShared => Scope is QuotaScope.App or QuotaScope.Tool;

    /// <summary>Units per calendar period, UTC.</summary>
    public sealed record Calendar(string Name, QuotaScope Scope, long Limit, CalendarPeriod Period) : Quota(Name, Scope, Limit);

    /// <summary>
    /// Units in any stretch of length <paramref name="Window"/>. Counted in twelfths of the window, the oldest in full until it has left entirely:
    /// never more than the limit, at worst a twelfth of the window later than an exact count.
    /// </summary>
    public sealed record Rolling(string Name, QuotaScope Scope, long Limit, TimeSpan Window) : Quota(Name, Scope, Limit);

    /// <summary>Token bucket: at most the limit at once, refilled evenly over <paramref name="Refill"/> (from empty to full).</summary>
    public sealed record Burst(string Name, QuotaScope Scope, long Limit, TimeSpan Refill) : Quota(Name, Scope, Limit);
}
