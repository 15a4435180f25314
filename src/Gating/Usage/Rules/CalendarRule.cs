using Gating.Ledger;

namespace Gating.Usage.Rules;

/// <summary>One window per calendar period, UTC.</summary>
internal sealed class CalendarRule(Quota.Calendar quota, ulong id) : IQuotaRule
{
    public Quota Quota => quota;

    public ulong Id => id;

    public int MostWindows => 1;

    public TimeSpan? Length => quota.Period switch
    {
        CalendarPeriod.Minute => TimeSpan.FromMinutes(1),
        CalendarPeriod.Hour => TimeSpan.FromHours(1),
        CalendarPeriod.Day => TimeSpan.FromDays(1),
        CalendarPeriod.Month => null,
    };

    public (long From, long Until) UseOf(long now) => PeriodOf(now);

    public QuotaReading Read(ReadOnlySpan<UsageWindow> windows, long units, long now)
    {
        long used = 0;
        foreach (ref readonly var window in windows)
        {
            if (window.Counts(id, now))
            {
                used += window.Used;
            }
        }

        var left = quota.Limit - used;
        var end = PeriodOf(now).End;
        return new(Math.Max(0, left), end, units > quota.Limit ? null : units <= left ? now : end);
    }

    public void Charge(ref WindowBuffer windows, long units, long now)
    {
        var (start, end) = PeriodOf(now);
        windows.Add(id, start, end, units);
    }

    public void Refund(ref WindowBuffer windows, long units, long chargedAt, long now) =>
        windows.Subtract(id, PeriodOf(chargedAt).Start, units);

    private (long Start, long End) PeriodOf(long time) => quota.Period switch
    {
        CalendarPeriod.Minute => Fixed(time, 60_000),
        CalendarPeriod.Hour => Fixed(time, 3_600_000),
        CalendarPeriod.Day => Fixed(time, 86_400_000), // POSIX time has no leap seconds: a UTC day is always this long.
        CalendarPeriod.Month => Month(time),
    };

    private static (long Start, long End) Fixed(long time, long length)
    {
        var start = time - (time % length);
        return (start, start + length);
    }

    private static (long Start, long End) Month(long time)
    {
        var day = DateTimeOffset.FromUnixTimeMilliseconds(time);
        var first = new DateTimeOffset(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return (first.ToUnixTimeMilliseconds(), first.AddMonths(1).ToUnixTimeMilliseconds());
    }
}
