using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Gating.Registry;

/// <summary>
/// Hands out the registry, never older than <see cref="MaxAge"/>, counted from the start of the read that it rests on, nor from before a stop that has begun by our clock. Nobody reads while nobody asks: a young
/// snapshot costs nothing, an older one starts one read in the background, one too old is waited for. If that read fails the answer is an
/// exception, never the old snapshot: a registry that cannot be read could have stopped anything. Safe for concurrent use; one per process.
/// </summary>
public sealed class RegistrySource(IRegistryStore store, TimeProvider time, RegistryMode mode)
{
    /// <summary>No older snapshot is handed out, so a stop holds everywhere this long after it was written.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    /// <summary>The same in timestamp ticks of that clock: for decisions, which compare ticks (<see cref="RegistrySnapshot.ReadAt"/>).</summary>
    public static long MaxTicks(TimeProvider time) => (long)(MaxAge.TotalSeconds * time.TimestampFrequency);

    /// <summary>From this age on a demand starts a read ahead, so that under load nobody waits.</summary>
    public static readonly TimeSpan RefreshAge = TimeSpan.FromSeconds(1);

    /// <summary>After a failed read the next one begins no sooner: a store in trouble is not asked once per request.</summary>
    public static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private Task<RegistryRead>? _running;
    private RegistrySnapshot? _current;
    private RegistryUnreadableException? _unreadable;
    private RegistryRead.Failed? _failure;

    /// <summary>
    /// The registry at most <see cref="MaxAge"/> ago. Throws <see cref="StorageUnavailableException"/> when it could not be read in that time, and
    /// <see cref="RegistryUnreadableException"/> when what was read is not a valid registry: both mean that nobody is let in.
    /// </summary>
    public ValueTask<RegistrySnapshot> GetAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _current) is { } snapshot && IsFresh(snapshot))
        {
            if (AgeOf(snapshot) > RefreshAge)
            {
                // Its outcome is kept where the next demand finds it.
                _ = JoinOrStart();
            }

            return ValueTask.FromResult(snapshot);
        }

        return new(WaitAsync(cancellation));
    }

    private async Task<RegistrySnapshot> WaitAsync(CancellationToken cancellation)
    {
        // A read that began long before this demand may be too old when it ends; then one more, which is this demand's own, must do.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            switch (await JoinOrStart().WaitAsync(cancellation))
            {
                case RegistryRead.Done done when IsFresh(done.Snapshot):
                    return done.Snapshot;
                case RegistryRead.Failed failed:
                    throw failed.ToException();
            }
        }

        throw new StorageUnavailableException($"Reading the registry takes longer than the {MaxAge.TotalSeconds} s that it may be old.");
    }

    private Task<RegistryRead> JoinOrStart()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false } running)
            {
                return running;
            }

            if (_failure is { } failure && time.GetElapsedTime(failure.At) < FailurePause)
            {
                return Task.FromResult<RegistryRead>(failure);
            }

            // Off the caller's thread and out of its trace: the read serves everybody.
            using (ExecutionContext.SuppressFlow())
            {
                return _running = Task.Run(ReadAsync);
            }
        }
    }

    private async Task<RegistryRead> ReadAsync()
    {
        // A read that lasts longer than a snapshot may be old is of no use to anybody. The store is told, and not waited for if it does not listen.
        using var late = new CancellationTokenSource(MaxAge, time);
        RegistryRead read;
        try
        {
            var began = time.GetTimestamp();
            var known = Volatile.Read(ref _current);
            var snapshot = known is not null && !HasChanged(known) && await store.ReadVersionAsync(late.Token).WaitAsync(late.Token) == known.Version
                ? known with { ReadAt = began }
                : await ReadAllAsync(late.Token);
            Volatile.Write(ref _current, snapshot);
            read = new RegistryRead.Done(snapshot);
        }
#pragma warning disable CA1031 // Every failure closes the gate, and each waiting caller gets it as an exception of its own.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            read = new RegistryRead.Failed(failure, time.GetTimestamp());
        }

        lock (_gate)
        {
            _failure = read as RegistryRead.Failed;
        }

        return read;
    }

    private async Task<RegistrySnapshot> ReadAllAsync(CancellationToken late)
    {
        var (began, now) = (time.GetTimestamp(), time.GetUtcNow());
        if (_unreadable is { } unreadable && await store.ReadVersionAsync(late).WaitAsync(late) == unreadable.Version)
        {
            throw unreadable;
        }

        var (version, rows) = await store.ReadAsync(late).WaitAsync(late);
        if (Volatile.Read(ref _current) is { } known && version < known.Version)
        {
            // Whoever can write to storage can put an older registry back, with all of its MACs: one in which something was not stopped yet. An operator who does so starts the instances anew.
            throw new RegistryUnreadableException(version, [new("", $"version {version}, after {known.Version}", "no older version than was read before")]);
        }

        switch (RegistryReader.ReadRows(rows, mode))
        {
            case RegistryReading.Valid valid:
                _unreadable = null;
                return valid.Document.ToSnapshot(version, began, now);
            case RegistryReading.Invalid invalid:
                // Remembered, so that a broken registry is not read whole again until it changes.
                throw _unreadable = new(version, invalid.Errors);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Young enough, and no stop has begun since.</summary>
    private bool IsFresh(RegistrySnapshot snapshot) => AgeOf(snapshot) <= MaxAge && !HasChanged(snapshot);

    /// <summary>The clock is asked where something is to begin, and not by every request.</summary>
    private bool HasChanged(RegistrySnapshot snapshot) => snapshot.ChangesAt is { } at && at <= time.GetUtcNow();

    private TimeSpan AgeOf(RegistrySnapshot snapshot) => time.GetElapsedTime(snapshot.ReadAt);
}

/// <summary>How one read of the registry ended.</summary>
internal abstract record RegistryRead
{
    private RegistryRead()
    {
    }

    public sealed record Done(RegistrySnapshot Snapshot) : RegistryRead;

    public sealed record Failed(Exception Cause, long At) : RegistryRead
    {
        /// <summary>A fresh exception: many callers throw the same failure, each with its own stack. A bug stays the exception that it is.</summary>
        public Exception ToException()
        {
            switch (Cause)
            {
                case RegistryUnreadableException unreadable:
                    return new RegistryUnreadableException(unreadable.Version, unreadable.Errors);
                case StorageUnavailableException or OperationCanceledException:
                    return new StorageUnavailableException("The registry could not be read.", Cause);
                default:
                    ExceptionDispatchInfo.Throw(Cause);
                    return Cause;
            }
        }
    }
}
