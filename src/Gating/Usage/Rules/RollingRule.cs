using Gating.Ledger;

namespace Gating.Usage.Rules;

/// <summary>
/// Twelve buckets to a window, each counted in full until the last moment it could have been charged at is a whole window ago. So no stretch of the
/// window's length ever holds more than the limit, and units come back at most one bucket late.
/// </summary>
internal sealed class RollingRule(Quota.Rolling quota, ulong id) : IQuotaRule
{
    private const int Buckets = 12;

    private readonly long _window = (long)quota.Window.TotalMilliseconds;
    private readonly long _bucket = ((long)quota.Window.TotalMilliseconds + Buckets - 1) / Buckets;

    public Quota Quota => quota;

    public ulong Id => id;

    // The one being filled is live besides the twelve behind it.
    public int MostWindows => Buckets + 1;

    public TimeSpan? Length => quota.Window;

    // The charge counts until a whole window after the last moment of its bucket: any moment of the bucket may use it.
    public (long From, long Until) UseOf(long now) => (BucketOf(now), BucketOf(now) + _bucket);

    public QuotaReading Read(ReadOnlySpan<UsageWindow> windows, long units, long now)
    {
        long used = 0;
        long? oldest = null;
        foreach (ref readonly var window in windows)
        {
            if (window.Counts(id, now))
            {
                used += window.Used;
                var end = window.End.ToUnixTimeMilliseconds();
                oldest = oldest < end ? oldest : end;
            }
        }

        var left = quota.Limit - used;
        long? freeAt = units > quota.Limit ? null : units <= left ? now : FreeAt(windows, units - left, now);
        return new(Math.Max(0, left), oldest, freeAt);
    }

    public void Charge(ref WindowBuffer windows, long units, long now)
    {
        var start = BucketOf(now);
        windows.Add(id, start, start + _bucket + _window, units);
    }

    public void Refund(ref WindowBuffer windows, long units, long chargedAt, long now) =>
        windows.Subtract(id, BucketOf(chargedAt), units);

    private long BucketOf(long time) => time - (time % _bucket);

    /// <summary>The earliest end of a bucket by which buckets with <paramref name="missing"/> units have left. At most thirteen, so a square costs nothing.</summary>
    private long FreeAt(ReadOnlySpan<UsageWindow> windows, long missing, long now)
    {
        var earliest = long.MaxValue;
        foreach (ref readonly var candidate in windows)
        {
            if (!candidate.Counts(id, now))
            {
                continue;
            }

            long freed = 0;
            foreach (ref readonly var window in windows)
            {
                freed += window.Counts(id, now) && window.End <= candidate.End ? window.Used : 0;
            }

            var end = candidate.End.ToUnixTimeMilliseconds();
            earliest = freed >= missing && end < earliest ? end : earliest;
        }

        return earliest;
    }
}
