namespace Gating.Usage.Leases;

/// <summary>What this instance has leased of one limit and not given out. One lease is asked for at a time; all who wait share it.</summary>
internal sealed class UsageBlock(Func<SharedLimit, long, Task<LeaseAnswer?>> lease, Func<DateTimeOffset> now)
{
    /// <summary>Times that a waiting request may find the new block used up by others.</summary>
    private const int MaxWaits = 16;

    private readonly Lock _gate = new();
    private DateTimeOffset _from;
    private DateTimeOffset _until;
    private long _left;
    private Task<LeaseAnswer?>? _leasing;

    public async ValueTask<SharedUsage> TakeAsync(SharedLimit limit, long units, CancellationToken cancellation)
    {
        for (var waits = 0; waits < MaxWaits; waits++)
        {
            if (Take(limit, units, out var leasing, out var needed) is { } held)
            {
                return held;
            }

            switch (leasing is null ? null : await leasing.WaitAsync(cancellation))
            {
                case null:
                    return new SharedUsage.Contended();

                // Somebody who wanted more was told that there is not as much: for less there may be.
                case LeaseAnswer.Exceeded exceeded when exceeded.Units <= needed:
                    return new SharedUsage.Exceeded(new([new(limit.Quota, exceeded.RetryAt)], []));
            }
        }

        return new SharedUsage.Contended();
    }

    /// <summary>Units that can be had without asking.</summary>
    public long Left
    {
        get
        {
            lock (_gate)
            {
                return now() >= _from && now() < _until ? _left : 0;
            }
        }
    }

    /// <summary>To a block of the same window; of one that is over nothing comes back.</summary>
    public void GiveBack(long units, DateTimeOffset takenAt)
    {
        lock (_gate)
        {
            if (takenAt >= _from && takenAt < _until)
            {
                _left += units;
            }
        }
    }

    /// <summary>Null where the block does not suffice; then whom to wait for, or nobody where a block is there that is not good yet: by a clock that is ahead of ours.</summary>
    private SharedUsage.Held? Take(SharedLimit limit, long units, out Task<LeaseAnswer?>? leasing, out long needed)
    {
        lock (_gate)
        {
            (leasing, needed) = (null, units);
            var isOver = now() >= _until;
            if (!isOver && now() < _from)
            {
                return null;
            }

            var left = isOver ? 0 : _left;
            if (left >= units)
            {
                _left -= units;
                return new([limit], units, _from, _until);
            }

            var wanted = needed = units - left;

            // Off the caller's thread and out of its trace: the block serves everybody.
            if (_leasing is not { IsCompleted: false })
            {
                using (ExecutionContext.SuppressFlow())
                {
                    _leasing = Task.Run(() => LeaseAsync(limit, wanted));
                }
            }

            leasing = _leasing;
            return null;
        }
    }

    private async Task<LeaseAnswer?> LeaseAsync(SharedLimit limit, long needed)
    {
        var answer = await lease(limit, needed);
        if (answer is LeaseAnswer.Leased leased)
        {
            lock (_gate)
            {
                (_left, _from, _until) = ((leased.From == _from ? _left : 0) + leased.Units, leased.From, leased.Until);
            }
        }

        return answer;
    }
}
