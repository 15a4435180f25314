using System.Globalization;
using Gating.Ledger;
using Gating.Usage.Rules;

namespace Gating.Usage;

/// <summary>The one list of quota kinds. A new kind is a case of <see cref="Quota"/>, a rule beside the others, and a line here.</summary>
internal static class QuotaRules
{
    private const ulong ShadowBit = 1;

    /// <summary>The rule of one quota as it applies to an app and a tool.</summary>
    public static IQuotaRule For(Quota quota, string app, string tool)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quota.Limit, Math.Clamp(quota.Limit, 1, Quota.MaxLimit), nameof(quota));
        return quota switch
        {
            Quota.Calendar calendar => new CalendarRule(calendar, IdOf(quota, app, tool, "calendar", (long)calendar.Period)),
            Quota.Rolling rolling => new RollingRule(rolling, IdOf(quota, app, tool, "rolling", Length(rolling.Window))),
            Quota.Burst burst => new BurstRule(burst, IdOf(quota, app, tool, "burst", Length(burst.Refill))),
            _ => throw new NotSupportedException($"No rule counts a {quota.GetType().Name} quota."),
        };
    }

    /// <summary>Whether a quota that is not in force counts in windows of that id.</summary>
    public static bool IsShadow(ulong id) => (id & ShadowBit) != 0;

    /// <summary>
    /// 64 bits of SHA-256 over the scope, what the scope tells apart, the name, and the shape: kind and period. The limit is not in it, so that a
    /// new limit counts what was used under the old one; the shape is, so that no rule ever reads windows that another kind wrote. The last bit tells a shadow: its windows make room for all others, and what
    /// it counted is nobody's use.
    /// </summary>
    private static ulong IdOf(Quota quota, string app, string tool, string kind, long period)
    {
        var ownApp = quota.IsOwn ? app : "";
        var ownTool = quota.Scope is QuotaScope.AppPersonTool or QuotaScope.PersonTool or QuotaScope.Tool ? tool : "";
        var scope = ((int)quota.Scope).ToString(CultureInfo.InvariantCulture);
        var hash = KeyHash.Of("quota", scope, ownApp, ownTool, quota.Name, kind, period.ToString(CultureInfo.InvariantCulture));
        return (hash.Value.High & ~ShadowBit) | (quota.IsShadow ? ShadowBit : 0);
    }

    private static long Length(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Quota.MinWindow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Quota.MaxWindow);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length.Ticks % TimeSpan.TicksPerMillisecond, 0, nameof(length));
        return (long)length.TotalMilliseconds;
    }
}
