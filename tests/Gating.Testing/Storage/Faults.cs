using System.Collections.Concurrent;

namespace Gating.Testing.Storage;

/// <summary>What a store is asked to do.</summary>
public enum StoreCall
{
    ReadHead = 0,
    ReadEntry = 1,
    ReadKey = 2,
    ReadSettlement = 3,
    ReadEntries = 4,
    Commit = 5,
    FindName = 6,
    ClaimName = 7,
    ReadRegistryVersion = 8,
    ReadRegistry = 9,
    WriteRegistry = 10,
    PutTrace = 11,
    StoreFile = 12,
    ReadFile = 13,
    AddIndex = 14,
    ReadIndex = 15,
    ListFiles = 16,
    FindDueFiles = 17,
    LookAtFile = 18,
    DeleteFile = 19,
    ReadCursor = 20,
    MoveCursor = 21,
}

/// <summary>What goes wrong with a call.</summary>
public enum Fault
{
    /// <summary>It fails and nothing happened.</summary>
    Before = 1,

    /// <summary>It happened and its answer is lost.</summary>
    After = 2,

    /// <summary>It happens twice; the caller gets the first answer.</summary>
    Duplicate = 3,
}

/// <summary>
/// What goes wrong, and when, in the in-memory stores that share it; counts their calls. Nothing here waits on a clock: a held call goes on when the test
/// says so.
/// </summary>
public sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly long[] _calls = new long[Enum.GetValues<StoreCall>().Length];
    private readonly Dictionary<(StoreCall Call, long Number), Fault> _once = [];
    private readonly Dictionary<StoreCall, Fault> _outages = [];
    private readonly Dictionary<(StoreCall Call, long Number), Hold> _holds = [];

    /// <summary>Invariants that a store saw broken; a test that expects none asserts it is empty.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>Calls of that kind so far, failed ones too.</summary>
    public long Calls(StoreCall call) => Interlocked.Read(ref _calls[(int)call]);

    /// <summary>Calls of all kinds so far.</summary>
    public long AllCalls => Enum.GetValues<StoreCall>().Sum(Calls);

    /// <summary>Lets the <paramref name="nth"/> call from now (1 is the next) go wrong.</summary>
    public void On(StoreCall call, Fault fault, int nth = 1)
    {
        lock (_lock)
        {
            _once[(call, _calls[(int)call] + nth)] = fault;
        }
    }

    /// <summary>Lets every call of these kinds (of all, without any) go wrong until the result is disposed.</summary>
    public IDisposable Outage(Fault fault, params StoreCall[] calls)
    {
        var kinds = calls.Length == 0 ? Enum.GetValues<StoreCall>() : calls;
        lock (_lock)
        {
            foreach (var kind in kinds)
            {
                _outages[kind] = fault;
            }
        }

        return new End(this, kinds);
    }

    /// <summary>Holds the <paramref name="nth"/> call from now until the test releases it.</summary>
    public Hold HoldNext(StoreCall call, int nth = 1)
    {
        lock (_lock)
        {
            var hold = new Hold();
            _holds[(call, _calls[(int)call] + nth)] = hold;
            return hold;
        }
    }

    /// <summary>Runs <paramref name="effect"/> as one call of the store, with whatever is to go wrong.</summary>
    internal async Task<T> RunAsync<T>(StoreCall call, Func<T> effect, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Fault? fault;
        Hold? hold;
        lock (_lock)
        {
            var number = ++_calls[(int)call];
            _holds.Remove((call, number), out hold);
            fault = _once.Remove((call, number), out var once) ? once : _outages.TryGetValue(call, out var outage) ? outage : null;
        }

        if (hold is not null)
        {
            await hold.WaitAsync();
        }

        if (fault == Fault.Before)
        {
            throw new StorageUnavailableException($"Injected: {call} did not reach the store.");
        }

        var result = effect();
        if (fault == Fault.Duplicate)
        {
            effect();
        }

        return fault == Fault.After ? throw new StorageUnavailableException($"Injected: the answer to {call} was lost.") : result;
    }

    /// <summary>Notes a broken invariant, and stops the caller: no test may pass over one.</summary>
    internal InvalidOperationException Violation(string what)
    {
        Violations.Enqueue(what);
        return new(what);
    }

    private sealed class End(Faults faults, StoreCall[] kinds) : IDisposable
    {
        public void Dispose()
        {
            lock (faults._lock)
            {
                foreach (var kind in kinds)
                {
                    faults._outages.Remove(kind);
                }
            }
        }
    }
}

/// <summary>One call held before it has any effect.</summary>
public sealed class Hold
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the call has arrived.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    internal Task WaitAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
