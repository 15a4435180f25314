using Gating.Ledger;

namespace Gating.Usage;

/// <summary>The windows of a decision in the making, over the caller's memory: the live ones, with room for one more per rule.</summary>
internal ref struct WindowBuffer
{
    private readonly Span<UsageWindow> _rows;
    private int _count;

    /// <summary>Takes over those of <paramref name="windows"/> that are live at <paramref name="now"/>, in their order: the rest is dropped here.</summary>
    public WindowBuffer(Span<UsageWindow> memory, ReadOnlySpan<UsageWindow> windows, long now)
    {
        _rows = memory;
        foreach (ref readonly var window in windows)
        {
            if (window.IsLive(now))
            {
                _rows[_count++] = window;
            }
        }
    }

    public readonly ReadOnlySpan<UsageWindow> Rows => _rows[.._count];

    /// <summary>Adds units to the window of that id and start, which begins now if it is not there.</summary>
    public void Add(ulong id, long start, long end, long units)
    {
        var at = IndexOf(id, start);
        if (at < 0)
        {
            _rows[_count++] = Window(id, start, end, units);
        }
        else
        {
            _rows[at] = _rows[at] with { Used = _rows[at].Used + units };
        }
    }

    /// <summary>Takes units from the window of that id and start, if it is still there; one that is empty goes.</summary>
    public void Subtract(ulong id, long start, long units)
    {
        var at = IndexOf(id, start);
        if (at >= 0)
        {
            Set(at, _rows[at] with { Used = Math.Max(0, _rows[at].Used - units) });
        }
    }

    /// <summary>Makes this the only window of that id.</summary>
    public void Replace(ulong id, long start, long end, long used)
    {
        for (var at = 0; at < _count; at++)
        {
            if (_rows[at].Id == id)
            {
                Set(at, Window(id, start, end, used));
                return;
            }
        }

        if (used > 0)
        {
            _rows[_count++] = Window(id, start, end, used);
        }
    }

    private void Set(int at, UsageWindow window)
    {
        if (window.Used > 0)
        {
            _rows[at] = window;
            return;
        }

        _rows[(at + 1).._count].CopyTo(_rows[at..]);
        _count--;
    }

    private readonly int IndexOf(ulong id, long start)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(start);
        for (var at = 0; at < _count; at++)
        {
            if (_rows[at].Id == id && _rows[at].Start == time)
            {
                return at;
            }
        }

        return -1;
    }

    private static UsageWindow Window(ulong id, long start, long end, long used) =>
        new(id, DateTimeOffset.FromUnixTimeMilliseconds(start), DateTimeOffset.FromUnixTimeMilliseconds(end), used);
}

/// <summary>What rules ask of a window.</summary>
internal static class LiveWindows
{
    extension(in UsageWindow window)
    {
        public bool IsLive(long now) => window.End.ToUnixTimeMilliseconds() > now;

        /// <summary>Live, and of the quota with that id.</summary>
        public bool Counts(ulong id, long now) => window.Id == id && window.IsLive(now);
    }
}
