namespace Gating.Testing;

/// <summary>
/// A clock that a test moves: from noon, where it otherwise stands still, or, <see cref="Running"/>, on top of the real one. Timers made from it run on real
/// time, so that a deadline for the network stays one, unless it is <see cref="Stepped"/>: then they wait for the test as well.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly long? _runningSince;
    private readonly bool _stepsTimers;
    private readonly List<SteppedTimer> _waiting = [];
    private readonly List<TimeSpan> _delays = [];
    private TimeSpan _passed;
    private TimeSpan _set;

    private ManualTime(long? runningSince, bool stepsTimers)
    {
        _runningSince = runningSince;
        _stepsTimers = stepsTimers;
    }

    public static DateTimeOffset Noon { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Delays that stepped timers were asked for so far.</summary>
    public IReadOnlyList<TimeSpan> Delays
    {
        get
        {
            lock (_lock)
            {
                return [.. _delays];
            }
        }
    }

    /// <summary>How many stepped timers wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    public static ManualTime AtNoon() => new(runningSince: null, stepsTimers: false);

    /// <summary>From noon; timers that have come due fire before <see cref="Pass"/> returns, and no others do.</summary>
    public static ManualTime Stepped() => new(runningSince: null, stepsTimers: true);

    /// <summary>The real clock, until and after it is moved: for what meets others' clocks.</summary>
    public static ManualTime Running() => new(System.GetTimestamp(), stepsTimers: false);

    /// <summary>Moves the wall clock and the monotonic one: time has passed.</summary>
    public void Pass(TimeSpan by)
    {
        List<SteppedTimer> due;
        lock (_lock)
        {
            _passed += by;
            due = _waiting.FindAll(timer => timer.Due <= _passed);
            due.ForEach(timer => _waiting.Remove(timer));
        }

        due.ForEach(timer => timer.Fire());
    }

    /// <summary>Moves the wall clock alone, also back: somebody set it.</summary>
    public void Set(TimeSpan by)
    {
        lock (_lock)
        {
            _set += by;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return (_runningSince is null ? Noon : System.GetUtcNow()) + _passed + _set;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return (_runningSince is { } since ? _passed + System.GetElapsedTime(since) : _passed).Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!_stepsTimers)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new SteppedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SteppedTimer(ManualTime time, Action callback) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._waiting.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._passed + dueTime;
                    time._waiting.Add(this);
                    time._delays.Add(dueTime);
                }

                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
