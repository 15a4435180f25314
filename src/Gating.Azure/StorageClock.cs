using System.Globalization;

namespace Gating.Azure;

/// <summary>
/// How far this instance's clock is from storage's, by the <c>Date</c> field of its answers (whole seconds). An instance more than 30 s off is to be
/// declared not ready: its decisions would carry wrong times.
/// </summary>
public sealed class StorageClock(TimeProvider time)
{
    /// <summary>Beyond this an instance is not ready.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _skewTicks;
    private long _observedAt = long.MinValue;

    /// <summary>Own clock minus storage's, as last seen; zero until storage has answered once.</summary>
    public TimeSpan Skew => new(Interlocked.Read(ref _skewTicks));

    public bool IsAcceptable => Skew.Duration() <= MaxSkew;

    /// <summary>Takes note of a <c>Date</c> field, at most once a second.</summary>
    internal void Observe(string? date)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _observedAt);
        if (date is null || (last != long.MinValue && time.GetElapsedTime(last, now) < Interval))
        {
            return;
        }

        if (DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var theirs))
        {
            Interlocked.Exchange(ref _skewTicks, (time.GetUtcNow() - theirs).Ticks);
            Interlocked.Exchange(ref _observedAt, now);
        }
    }
}
