using Gating.Ledger;

namespace Gating.Usage.Rules;

/// <summary>
/// A token bucket in one window, counted as its debt: what is missing to full. Debt is kept in units times milliseconds of refill, so that each
/// millisecond pays back exactly <c>limit</c> of it and nothing is ever rounded. The window starts at the last charge and ends when the debt is paid.
/// </summary>
internal sealed class BurstRule(Quota.Burst quota, ulong id) : IQuotaRule
{
    private readonly long _refill = (long)quota.Refill.TotalMilliseconds;

    public Quota Quota => quota;

    public ulong Id => id;

    public int MostWindows => 1;

    public TimeSpan? Length => quota.Refill;

    // What was taken at one moment and used at another would be in a burst with what was refilled between.
    public (long From, long Until) UseOf(long now) => throw new NotSupportedException("A burst cannot be leased ahead.");

    public QuotaReading Read(ReadOnlySpan<UsageWindow> windows, long units, long now)
    {
        var debt = DebtAt(windows, now);
        var room = (quota.Limit * _refill) - debt;
        var remaining = Math.Max(0, room) / _refill;
        long? freeAt = units > quota.Limit ? null : When(units, room, now);
        return new(remaining, debt == 0 ? null : When(remaining + 1, room, now), freeAt);
    }

    public void Charge(ref WindowBuffer windows, long units, long now)
    {
        var debt = DebtAt(windows.Rows, now) + (units * _refill);
        windows.Replace(id, now, EndOf(debt, now), debt);
    }

    /// <summary>What has been paid back since the charge is back already; only the rest can be returned, or it would be there twice.</summary>
    public void Refund(ref WindowBuffer windows, long units, long chargedAt, long now)
    {
        var owed = (units * _refill) - PaidBack(now - chargedAt);
        if (owed <= 0)
        {
            return;
        }

        var debt = Math.Max(0, DebtAt(windows.Rows, now) - owed);
        windows.Replace(id, now, EndOf(debt, now), debt);
    }

    private long DebtAt(ReadOnlySpan<UsageWindow> windows, long now)
    {
        foreach (ref readonly var window in windows)
        {
            if (window.Counts(id, now))
            {
                return Math.Max(0, window.Used - PaidBack(now - window.Start.ToUnixTimeMilliseconds()));
            }
        }

        return 0;
    }

    /// <summary>After a whole refill everything is paid back; more would only overflow.</summary>
    private long PaidBack(long elapsed) => quota.Limit * Math.Clamp(elapsed, 0, _refill);

    private long EndOf(long debt, long now) => now + DivideUp(debt, quota.Limit);

    private long When(long units, long room, long now) => now + Math.Max(0, DivideUp((units * _refill) - room, quota.Limit));

    private static long DivideUp(long dividend, long divisor) => dividend <= 0 ? 0 : ((dividend - 1) / divisor) + 1;
}
