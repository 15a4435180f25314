using Gating.Ledger;
using Gating.Log.Merkle;
using Gating.Messages;
using Microsoft.Extensions.Logging;

namespace Gating.Log.Sealing;

/// <summary>How a run ended.</summary>
public enum SealRun
{
    /// <summary>Nothing is pending.</summary>
    Done = 1,

    /// <summary>Somebody else has the lease, and will see what is pending now before giving up.</summary>
    Busy = 2,

    /// <summary>Its time was over and more is pending: a nudge is queued.</summary>
    OutOfTime = 3,
}

/// <summary>
/// Puts pending leaves into the log. One seal: the leaves in their order go to an immutable staging blob, then the state moves by compare-and-swap. That is the only commit point: it fixes
/// every leaf's place. What follows is made from staging (<see cref="LogApplier"/>), by this run or first thing in the next. Any number of instances may run at once; one gets further. Throws
/// <see cref="StorageUnavailableException"/> where it could not go on, and <see cref="LogFrozenException"/> where it must not.
/// </summary>
public sealed class LogSealer(LogStores stores, LogKeys keys, EntryIndexes indexes, IMessageQueues queues, TimeProvider time, ILogger<LogSealer> logger)
{
    /// <summary>Leaves of one seal.</summary>
    public const int MaxLeaves = 4096;

    /// <summary>No seal is begun in a run that is older.</summary>
    public static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(20);

    /// <summary>From one seal to the next one.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>As long as a run may be and its last seal may take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    private readonly LogGuard _guard = new(stores, keys);
    private readonly LogApplier _applier = new(stores, keys);
    private readonly LeafCollector _collector = new(stores.Ledger, stores.Leaves, indexes, keys.Data, logger);

    private int _running;
    private volatile bool _again;

    private enum Step
    {
        Idle,
        Sealed,
        Overtaken,
    }

    /// <summary>Throws <see cref="LogFrozenException"/> where what is stored does not continue the last known checkpoint. Writes nothing: for start-up (<see cref="LogStanding"/>).</summary>
    public async Task CheckAsync(CancellationToken cancellation) => await _guard.ReadAsync(cancellation);

    /// <summary>
    /// Seals until nothing is pending, or for <see cref="RunLimit"/>. Who comes while this instance runs already costs storage nothing: the run looks once more, as it does for those who found the
    /// lease taken. Where it breaks, what they added stays pending for the next, as theirs would.
    /// </summary>
    public async Task<SealRun> RunAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            // Said before it is looked whether somebody runs: they look here after they have ended.
            _again = true;
            if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
            {
                return SealRun.Busy;
            }

            SealRun run;
            try
            {
                // Whoever said it until now added a pointer before that, and this run has not looked yet.
                _again = false;
                run = await RunAsync(started, cancellation);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }

            if (run == SealRun.OutOfTime || !_again)
            {
                return run;
            }
        }
    }

    private async Task<SealRun> RunAsync(long started, CancellationToken cancellation)
    {
        try
        {
            while (await stores.Log.TryLeaseAsync(Lease, cancellation) is { } lease)
            {
                await RunLeasedAsync(lease, started, cancellation);

                // Whoever adds a pointer and then finds the lease taken goes away: this look, after the lease is given back, is for them.
                if ((await stores.Leaves.ReadPendingAsync(1, cancellation)).Count == 0)
                {
                    return SealRun.Done;
                }

                if (time.GetElapsedTime(started) >= RunLimit)
                {
                    await queues.PutAsync(QueueNames.Trace, TraceMessage.Nudge, CancellationToken.None);
                    return SealRun.OutOfTime;
                }
            }

            return SealRun.Busy;
        }
        catch (LogFrozenException frozen)
        {
            LogEvents.LogFrozen(logger, frozen.Message);
            throw;
        }
    }

    private async Task RunLeasedAsync(string lease, long started, CancellationToken cancellation)
    {
        try
        {
            CrashPoint.Reach(CrashPoint.AfterLease);
            var (done, first) = (Step.Sealed, true);
            while (done != Step.Idle && (first || time.GetElapsedTime(started) < RunLimit))
            {
                done = await SealAsync(cancellation);
                first = false;
            }
        }
        finally
        {
            try
            {
                await stores.Log.ReleaseLeaseAsync(lease, CancellationToken.None);
            }
            catch (StorageUnavailableException)
            {
                // It ends by itself.
            }
        }
    }

    private async Task<Step> SealAsync(CancellationToken cancellation)
    {
        var (stored, published) = await _guard.ReadAsync(cancellation);
        if (stored is not null && published < stored.State.Size)
        {
            await _applier.ApplyAsync(stored.State, cancellation);
        }

        if ((await stores.Leaves.ReadPendingAsync(1, cancellation)).Count == 0)
        {
            return Step.Idle;
        }

        await KeepPaceAsync(stored?.State, cancellation);
        var pending = await stores.Leaves.ReadPendingAsync(MaxLeaves, cancellation);
        var collected = await _collector.CollectAsync(pending, MaxLeaves, cancellation);
        if (collected.Contradictions.Count > 0 && !string.Equals((await stores.Log.ReadStateAsync(cancellation))?.Token, stored?.Token, StringComparison.Ordinal))
        {
            // Rows that were read while others sealed contradict each other, and prove nothing.
            return Step.Overtaken;
        }

        await _collector.SettleAsync(collected, pending, cancellation);
        return collected.Leaves.Count == 0 ? Step.Idle : await SealAsync(stored, collected.Leaves, cancellation);
    }

    private async Task<Step> SealAsync(StoredState? stored, IReadOnlyList<StagedLeaf> leaves, CancellationToken cancellation)
    {
        var (staging, edge) = Stage(stored?.State.Edge ?? TreeEdge.Empty, leaves);
        var bytes = staging.Encode();
        var next = new LogState(edge, staging.BaseSize, staging.BaseRoot, Staging.NameOf(bytes), time.GetUtcNow());

        // A crash from here to the commit leaves a staging blob that nothing names.
        CrashPoint.Reach(CrashPoint.BeforeStaging);
        await stores.Log.PutStagingAsync(next.Staging, bytes, cancellation);
        CrashPoint.Reach(CrashPoint.AfterStaging);

        // The commit point. Before it, nothing has a place in the log. After it, every one of these leaves has, whoever goes on.
        if (!await stores.Log.WriteStateAsync(next, stored?.Token, CancellationToken.None))
        {
            return Step.Overtaken;
        }

        CrashPoint.Reach(CrashPoint.AfterState);
        LogEvents.LeavesSealed(logger, next.Size, leaves.Count);
        await _applier.ApplyAsync(next, CancellationToken.None);
        return Step.Sealed;
    }

    private static (Staging Staging, TreeEdge Edge) Stage(TreeEdge edge, IReadOnlyList<StagedLeaf> leaves) =>
        (new(edge.Size, edge.Root, [.. leaves]), edge.Append([.. leaves.Select(static leaf => leaf.Leaf.Hash)]));

    /// <summary>A state from an instance whose clock is ahead holds nobody up for longer than the pace itself.</summary>
    private async Task KeepPaceAsync(LogState? state, CancellationToken cancellation)
    {
        var wait = state is null ? TimeSpan.Zero : state.SealedAt + Pace - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < Pace ? wait : Pace, time, cancellation);
        }
    }
}

/// <summary>Seals what was left behind: by a crash, or by a message that was lost.</summary>
public sealed class LogSweep(LogSealer sealer) : ITimedTask
{
    public string Name => TimedTaskNames.LogSweep;

    public TimeSpan Period { get; } = TimeSpan.FromMinutes(5);

    public Task RunAsync(CancellationToken cancellation) => sealer.RunAsync(cancellation);
}
