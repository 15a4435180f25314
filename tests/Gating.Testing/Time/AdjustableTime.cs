namespace Gating.Testing.Time;

/// <summary>The real clock, moved: both what time it is and how long something took jump by what a test adds. Timers run in real time.</summary>
public sealed class AdjustableTime : TimeProvider
{
    private long _wallTicks;
    private long _stampTicks;

    /// <summary>Moves the wall clock and the monotonic one: time has passed.</summary>
    public void Pass(TimeSpan time)
    {
        Interlocked.Add(ref _wallTicks, time.Ticks);
        Interlocked.Add(ref _stampTicks, (long)(time.TotalSeconds * TimestampFrequency));
    }

    /// <summary>Moves the wall clock alone, also back: somebody set it.</summary>
    public void Set(TimeSpan by) => Interlocked.Add(ref _wallTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _wallTicks));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _stampTicks);
}
