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
    PutMessage = 16,
    ReceiveMessages = 17,
    KeepMessage = 18,
    RemoveMessage = 19,
    PutLetter = 20,
    ReadLetters = 21,
    RemoveLetter = 22,
    OpenUpload = 23,
    FindIncoming = 24,
    ReadIncoming = 25,
    DeleteIncoming = 26,
    ListIncoming = 27,
    WriteNote = 28,
    ReadNote = 29,
    AddLeaves = 30,
    ReadLeaves = 31,
    SetIndexes = 32,
    AddPending = 33,
    ReadPending = 34,
    DeletePending = 35,
    FreezeStream = 36,
    ReadFrozen = 37,
    ReadLogState = 38,
    WriteLogState = 39,
    PutStaging = 40,
    ReadStaging = 41,
    PutTile = 42,
    ReadTile = 43,
    TakeLease = 44,
    ReleaseLease = 45,
    ReadPublished = 46,
    WritePublished = 47,
    ReadLastKnown = 48,
    WriteLastKnown = 49,
    ListFiles = 50,
    FindDueFiles = 51,
    LookAtFile = 52,
    DeleteFile = 53,
    ReadCursor = 54,
    MoveCursor = 55,
    ListHours = 56,
    AddTimelines = 57,
    ReadHours = 58,
    ReadTimelines = 59,
    AnnounceHours = 60,
    ReadWork = 61,
    ReadClosed = 62,
    SetClosed = 63,
    ReleaseName = 64,
    RemoveIndex = 65,
    ListErasure = 66,
    ReadErasures = 67,
    ReadStatusList = 68,
    AddStatusList = 69,
    ReplaceStatusList = 70,
    ListStatusLists = 71,
    RemoveStatusList = 72,
    FindSignalStream = 73,
    WriteSignalStream = 74,
    RemoveSignalStream = 75,
    AddSignal = 76,
    FindSignal = 77,
    ReadSignals = 78,
    SettleSignal = 79,
    PurgeSignals = 80,
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
    private (long Number, Fault Fault)? _any;
    private long _all;
    private long _deadFrom = long.MaxValue;
    private (long Number, Hold Hold)? _holdAny;

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

    /// <summary>Lets the <paramref name="nth"/> call of whatever kind from now go wrong.</summary>
    public void OnAny(Fault fault, long nth)
    {
        lock (_lock)
        {
            _any = (_all + nth, fault);
        }
    }

    /// <summary>The process dies with its <paramref name="nth"/> call from now, which went wrong in this way: no call after it reaches a store, until <see cref="Revive"/>.</summary>
    public void DieAt(Fault fault, long nth)
    {
        lock (_lock)
        {
            (_any, _deadFrom) = ((_all + nth, fault), _all + nth + 1);
        }
    }

    /// <summary>Another process takes over. True where <see cref="OnAny"/> or <see cref="DieAt"/> had met its call.</summary>
    public bool Revive()
    {
        lock (_lock)
        {
            var met = _any is { } any && _all >= any.Number;
            (_any, _deadFrom) = (null, long.MaxValue);
            return met;
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

    /// <summary>Holds the <paramref name="nth"/> call of whatever kind from now.</summary>
    public Hold HoldAny(long nth)
    {
        lock (_lock)
        {
            var hold = new Hold();
            _holdAny = (_all + nth, hold);
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
            var all = ++_all;
            if (_holdAny is { } any && any.Number == all)
            {
                (hold, _holdAny) = (any.Hold, null);
            }

            fault = _once.Remove((call, number), out var once) ? once
                : _outages.TryGetValue(call, out var outage) ? outage
                : all >= _deadFrom ? Fault.Before
                : _any is { } one && one.Number == all ? one.Fault
                : null;
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
