namespace Gating.Testing;

/// <summary>A clock that moves when told. Timers made from it run on real time, so that a deadline for the network stays one.</summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private long _elapsed;

    public static DateTimeOffset Noon { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public static ManualTime AtNoon() => new(Noon);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _elapsed, by.Ticks);

    public override DateTimeOffset GetUtcNow() => start.AddTicks(Volatile.Read(ref _elapsed));

    public override long GetTimestamp() => Volatile.Read(ref _elapsed);
}
