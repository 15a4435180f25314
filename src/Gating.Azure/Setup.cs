namespace Gating.Azure;

/// <summary>
/// Creates what a store needs, once, before its first use. It is never created again: a table that vanishes from under a running instance is an
/// outage, and an empty one in its place would be an answer ("no such person, full quota") that nobody gave.
/// </summary>
internal sealed class Setup(Func<CancellationToken, Task> create)
{
    private readonly Lock _lock = new();
    private Task? _running;

    public ValueTask EnsureAsync(CancellationToken cancellation)
    {
        var running = Volatile.Read(ref _running);
        return running is { IsCompletedSuccessfully: true } ? default : new(JoinAsync(cancellation));
    }

    private Task JoinAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_running is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // Shared by all who wait, so no single caller's cancellation ends it.
                _running = create(CancellationToken.None);
            }

            return _running.WaitAsync(cancellation);
        }
    }
}
