namespace Gating.Tests.Ledger;

/// <summary>A clock that stands still until a test lets time pass; timers that have come due by then fire before that returns.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _elapsed;

    /// <summary>Delays that were asked for so far.</summary>
    public IReadOnlyList<TimeSpan> Delays
    {
        get
        {
            lock (_lock)
            {
                return [.. _timers.Select(timer => timer.Delay)];
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan by)
    {
        List<Timer> due;
        lock (_lock)
        {
            _elapsed += by;
            due = _timers.FindAll(timer => !timer.Fired && timer.Due <= _elapsed);
            due.ForEach(timer => timer.Fired = true);
        }

        due.ForEach(timer => timer.Callback());
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero) + _elapsed;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _elapsed.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            var timer = new Timer(dueTime, _elapsed + dueTime, () => callback(state));
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class Timer(TimeSpan delay, TimeSpan due, Action callback) : ITimer
    {
        public TimeSpan Delay => delay;

        public TimeSpan Due => due;

        public Action Callback => callback;

        public bool Fired { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("Nobody here moves a timer.");

        public void Dispose() => Fired = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
