using System.Collections.Immutable;

namespace Gating.Ledger;

/// <summary>A proposal that waits for its stream, with the promise of its outcome. Each promise is kept once; what comes later is ignored.</summary>
internal abstract class Pending(OperationId operation, ImmutableArray<ShortLivedRow> keys, long arrived)
{
    public OperationId Operation { get; } = operation;

    public ImmutableArray<ShortLivedRow> Keys { get; } = keys;

    /// <summary>When it was proposed, in <see cref="TimeProvider"/> timestamp ticks.</summary>
    public long Arrived { get; } = arrived;

    public abstract Decided Decide(StreamState state, DecisionTime time);

    public abstract void Done(Decided decided, ImmutableArray<Entry> entries);

    public abstract void Taken(KeyRow row);

    public abstract void Settled(SettlementRow row);

    public abstract void Shed(ShedReason reason);

    public abstract void Fail(Exception error);
}

internal sealed class Pending<T>(Proposal<T> proposal, long arrived) : Pending(proposal.Operation, proposal.Keys, arrived)
{
    private readonly TaskCompletionSource<AppendOutcome<T>> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AppendOutcome<T>> Outcome => _outcome.Task;

    public override Decided Decide(StreamState state, DecisionTime time) => proposal.Decide(state, time);

    public override void Done(Decided decided, ImmutableArray<Entry> entries) =>
        _outcome.TrySetResult(new AppendOutcome<T>.Done(((Decided<T>)decided).Answer, entries));

    public override void Taken(KeyRow row) => _outcome.TrySetResult(new AppendOutcome<T>.KeyTaken(row));

    public override void Settled(SettlementRow row) => _outcome.TrySetResult(new AppendOutcome<T>.AlreadySettled(row));

    public override void Shed(ShedReason reason) => _outcome.TrySetResult(new AppendOutcome<T>.Shed(reason));

    public override void Fail(Exception error) => _outcome.TrySetException(error);
}

/// <summary>Commits nothing of its own: it asks that what was tallied be written now.</summary>
internal sealed class TallyFlush(long arrived, Action ended) : Pending(default, [], arrived)
{
    public override Decided Decide(StreamState state, DecisionTime time) => new Decided<bool>(state, [], [], null, null, true);

    public override void Done(Decided decided, ImmutableArray<Entry> entries) => ended();

    public override void Taken(KeyRow row) => ended();

    public override void Settled(SettlementRow row) => ended();

    public override void Shed(ShedReason reason) => ended();

    public override void Fail(Exception error) => ended();
}
