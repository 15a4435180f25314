using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gating.Usage;

/// <summary>
/// The header values that tell an app where it stands (draft-ietf-httpapi-ratelimit-headers, RFC 9651 structured fields). Only the app's own quotas are ever named:
/// a number that several apps can see move would let them find out that they share a person.
/// </summary>
public static class RateLimitFields
{
    private static readonly TimeSpan Coarse = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Fine = TimeSpan.FromMinutes(1);

    /// <summary>The value of <c>RateLimit</c>: per own quota what remains (<c>r</c>) and for how many seconds no more (<c>t</c>, absent while the whole limit is there). Null without own quotas.</summary>
    public static string? Limits(ImmutableArray<QuotaStatus> statuses, DateTimeOffset now)
    {
        StringBuilder? field = null;
        foreach (var status in statuses)
        {
            if (!status.Quota.IsOwn)
            {
                continue;
            }

            Item(ref field, status.Quota.Name).Append(CultureInfo.InvariantCulture, $";r={status.Remaining}");
            if (status.Resets is { } resets)
            {
                field!.Append(CultureInfo.InvariantCulture, $";t={Seconds(resets - now)}");
            }
        }

        return field?.ToString();
    }

    /// <summary>The <c>X-RateLimit-*</c> values of the own quota with the least left; null without own quotas.</summary>
    public static LegacyRateLimit? Legacy(ImmutableArray<QuotaStatus> statuses, DateTimeOffset now)
    {
        QuotaStatus? tightest = null;
        foreach (var status in statuses)
        {
            if (status.Quota.IsOwn && (tightest is not { } least || IsTighter(status, least)))
            {
                tightest = status;
            }
        }

        return tightest is { } found
            ? new(found.Quota.Limit, found.Remaining, Seconds((found.Resets ?? now) - DateTimeOffset.UnixEpoch))
            : null;
    }

    /// <summary>
    /// Seconds for <c>Retry-After</c>; null where waiting does not help. What a shared quota (or another app's windows) makes the app wait for is
    /// rounded up to the next whole minute, or quarter of an hour when that is more than a quarter away, so that apps cannot recognise each other's people by it.
    /// </summary>
    public static long? RetryAfter(UsageDecision.Exceeded refused, DateTimeOffset now)
    {
        var latest = now;
        foreach (var violation in refused.Violations)
        {
            if (violation.RetryAt is not { } at)
            {
                return null;
            }

            at = violation.Quota.IsOwn ? at : Blur(at, now);
            latest = at > latest ? at : latest;
        }

        return Math.Max(1, Seconds(latest - now));
    }

    /// <inheritdoc cref="RetryAfter(UsageDecision.Exceeded, DateTimeOffset)"/>
    public static long RetryAfter(UsageDecision.TooManyWindows refused, DateTimeOffset now) =>
        Math.Max(1, Seconds(Blur(refused.RetryAt, now) - now));

    /// <summary>The value of <c>RateLimit-Policy</c>; a window whose length varies (a month) has no <c>w</c>.</summary>
    internal static string? Policy(IEnumerable<IQuotaRule> rules)
    {
        StringBuilder? field = null;
        foreach (var rule in rules.Where(rule => rule.Quota.IsOwn))
        {
            Item(ref field, rule.Quota.Name).Append(CultureInfo.InvariantCulture, $";q={rule.Quota.Limit}");
            if (rule.Length is { } length)
            {
                field!.Append(CultureInfo.InvariantCulture, $";w={Seconds(length)}");
            }
        }

        return field?.ToString();
    }

    private static bool IsTighter(QuotaStatus one, QuotaStatus other) =>
        one.Remaining < other.Remaining || (one.Remaining == other.Remaining && one.Resets > other.Resets);

    /// <summary>Begins a list member that is a structured string (RFC 9651, section 3.3.3).</summary>
    private static StringBuilder Item(ref StringBuilder? field, string name)
    {
        field = field is null ? new StringBuilder(64) : field.Append(", ");
        field.Append('"');
        foreach (var character in name)
        {
            if (character is '"' or '\\')
            {
                field.Append('\\');
            }

            field.Append(character is >= ' ' and <= '~' ? character : '?');
        }

        return field.Append('"');
    }

    private static DateTimeOffset Blur(DateTimeOffset at, DateTimeOffset now)
    {
        var step = (at - now > Coarse ? Coarse : Fine).Ticks;
        var past = at.UtcTicks % step;
        return past == 0 ? at : at.AddTicks(step - past);
    }

    /// <summary>Whole seconds, rounded up: a client that comes back then is not a moment too early.</summary>
    private static long Seconds(TimeSpan time) => time <= TimeSpan.Zero ? 0 : ((time.Ticks - 1) / TimeSpan.TicksPerSecond) + 1;
}

/// <summary>What <c>X-RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c> say; the last in seconds since 1970.</summary>
public readonly record struct LegacyRateLimit(long Limit, long Remaining, long ResetAt);
