using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>
/// The appends of one stream on this instance: proposals that arrive while a transaction is in flight are decided together by the next one.
/// One runner at a time owns everything here but the queue of those who wait; other instances are met at the head's token.
/// </summary>
internal sealed class StreamAppender(StreamId stream, AppenderContext context)
{
    // Rounds that learn something without losing a race; more of them are a store that contradicts itself.
    private const int FreeRounds = 8;

    private readonly Lock _gate = new();
    private readonly Queue<Pending> _waiting = new();
    private readonly RefusalTally _tally = new();
    private readonly HashSet<KeyHash> _dropped = [];
    private readonly StreamPace _pace = new(context);
    private readonly StandingRows _standing = new(stream, context.Store);
    private bool _running;
    private volatile bool _flushing;
    private (Head Head, string? Token)? _cached;
    private (ReadOnlyMemory<byte> Salt, AesGcm Cipher) _sealing;
    private long _announced;

    /// <summary>Starts from the knowledge that nobody can have written here yet; should that be wrong, the first commit finds out.</summary>
    public void AssumeNew()
    {
        lock (_gate)
        {
            if (!_running)
            {
                _cached ??= (Head.New(RandomNumberGenerator.GetBytes(Head.SaltSize)), null);
            }
        }
    }

    /// <summary>Returns false, and keeps nothing, when too many wait already.</summary>
    public bool TryEnqueue(Pending pending)
    {
        lock (_gate)
        {
            if (_waiting.Count >= Appender.MaxWaiting)
            {
                return false;
            }

            _waiting.Enqueue(pending);
            if (_running)
            {
                return true;
            }

            _running = true;
        }

        _ = RunAsync();
        return true;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever went wrong, those who wait are told, and the stream goes on.")]
    private async Task RunAsync()
    {
        var open = new List<Pending>();
        while (true)
        {
            // Whoever comes meanwhile waits and shares the next batch.
            await _pace.RestAsync();
            if (!TakeWaiting(open))
            {
                return;
            }

            try
            {
                await SettleAsync(open);
            }
            catch (Exception error)
            {
                // After a failure nothing cached is trusted.
                _cached = null;
                open.ForEach(pending => pending.Fail(error));
                open.Clear();
            }
        }
    }

    private bool TakeWaiting(List<Pending> open)
    {
        lock (_gate)
        {
            while (open.Count < LedgerBatch.MaxOperations && _waiting.TryDequeue(out var pending))
            {
                open.Add(pending);
            }

            _running = open.Count > 0;
            return _running;
        }
    }

    /// <summary>Returns after a batch became durable or all were answered; those who did not fit stay open for the next.</summary>
    private async Task SettleAsync(List<Pending> open)
    {
        // Attempts at one seq whose outcome was refused or lost: one of them may yet turn out to have happened.
        var attempts = new List<BatchPlan>();
        var (rounds, conflicts) = (0, 0);

        // Whether the head was read for those who are open.
        var fresh = false;
        while (open.Count > 0)
        {
            if (++rounds > FreeRounds)
            {
                ShedImpatient(open);
            }

            if (_cached is null)
            {
                await LoadAsync();
                fresh = true;
            }

            var plan = Plan(open);
            if (plan.Listed.Count > 0)
            {
                await _standing.AnswerKeysAsync(open, plan.Listed, _dropped);
            }
            else if (plan.Batch is not null)
            {
                switch (await CommitAsync(open, plan, attempts))
                {
                    case Committing.Durable:
                        return;
                    case Committing.Unsettled:
                        await context.BackOffAsync(conflicts++);
                        if (await FindOursAsync(open, attempts))
                        {
                            return;
                        }

                        fresh = true;
                        ShedImpatient(open);
                        break;
                    case Committing.Again:
                        break;
                }
            }
            else if (fresh)
            {
                AnswerUncommitted(open, plan);
                return;
            }
            else
            {
                // Only a commit may rest on a cached head.
                _cached = null;
            }
        }
    }

    // Whoever comes here has lost a race; the first try is everybody's, however long the queue was.
    private void ShedImpatient(List<Pending> open) =>
        open.RemoveAll(pending =>
        {
            var late = context.Elapsed(pending.Arrived) > Appender.Patience;
            if (late)
            {
                pending.Shed(ShedReason.Contended);
            }

            return late;
        });

    private async Task LoadAsync()
    {
        _dropped.Clear();
        _cached = null;
        var stored = await context.Store.ReadHeadAsync(stream, CancellationToken.None);
        if (stored is null)
        {
            _cached = (Head.New(RandomNumberGenerator.GetBytes(Head.SaltSize)), null);
            return;
        }

        _cached = (stored.Head, stored.Token);
        _pace.Saw(stored.Token);
        RaiseAnnounced(stored.Head.Announced);
    }

    private BatchPlan Plan(List<Pending> open)
    {
        var (head, token) = _cached!.Value;
        if (_sealing.Cipher is null || !_sealing.Salt.Span.SequenceEqual(head.Salt.Span))
        {
            // Setting a cipher up costs several times what sealing does: it lives as long as the stream is remembered, and its handle goes with it.
            _sealing = (head.Salt, SealedPart.Cipher(context.Key.SealingKey(head.Salt.Span)));
        }

        var tallyOperation = _tally.IsEmpty ? default : OperationId.Create();
        var input = new PlanInput(stream, context.Now, context.Timestamp, _sealing.Cipher, Volatile.Read(ref _announced), _tally, tallyOperation, _dropped);
        var plan = BatchPlan.Of(head, token, input, open);
        foreach (var pending in plan.Rejected)
        {
            open.Remove(pending);
        }

        return plan;
    }

    private enum Committing
    {
        Durable,

        /// <summary>The head had moved, or the answer was lost: what stands at the seq that was tried says which attempt happened, if any.</summary>
        Unsettled,

        /// <summary>Nothing was sent, or what stood in the way is now known: the next try differs.</summary>
        Again,
    }

    private async Task<Committing> CommitAsync(List<Pending> open, BatchPlan plan, List<BatchPlan> attempts)
    {
        var batch = plan.Batch!;
        var put = context.Announcer.PutAsync(new(stream, Volatile.Read(ref _announced) + 1, batch.Head.Seq));
        if (!context.Announcer.Healthy)
        {
            // The last put failed: nothing is committed that cannot be announced.
            await put;
            if (context.Elapsed(plan.DecidedAt) > Appender.DecisionLife)
            {
                return Committing.Again;
            }
        }

        plan.Put = put;
        var sent = context.Timestamp;
        switch (await TryCommitAsync(batch))
        {
            case CommitOutcome.Committed committed:
                _pace.Committed(committed.HeadToken, sent);

                // Of a stream that is shared, somebody else will have moved the head by the next turn.
                _cached = _pace.IsShared ? null : (batch.Head, committed.HeadToken);
                Finish(open, plan);
                return Committing.Durable;
            case CommitOutcome.RowExists { Row.Kind: LedgerRowKind.Entry } exists:
                throw new StreamFrozenException(stream, $"entry {exists.Row.Seq} stands beyond the head");
            case CommitOutcome.RowExists:
                await _standing.AnswerKeysAsync(open, open.ToArray(), _dropped);
                await _standing.AnswerSettlementsAsync(open, plan);
                return Committing.Again;
            case CommitOutcome.RowMissing missing:
                _dropped.Add(missing.Row.Key);
                return Committing.Again;
            case CommitOutcome.HeadMoved:
                _pace.Lost();
                attempts.Add(plan);
                return Committing.Unsettled;
            default:
                attempts.Add(plan);
                return Committing.Unsettled;
        }
    }

    /// <summary>Null: the answer was lost.</summary>
    private async Task<CommitOutcome?> TryCommitAsync(LedgerBatch batch)
    {
        try
        {
            // THE commit point. A crash before: nothing happened. A crash after: the entries are durable and nobody was told; their reference is
            // queued, or the next append of the stream (or the daily walk) queues it.
            return await context.Store.CommitAsync(batch, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <summary>
    /// After a moved head or a lost answer: the head is read, and the entry at the seq that was tried says whether one of the attempts happened. Both are read at once, and
    /// the entry again where it came between the two: a head beyond it must never be built on before it is known whose it is.
    /// </summary>
    private async Task<bool> FindOursAsync(List<Pending> open, List<BatchPlan> attempts)
    {
        var seq = attempts[0].Batch!.Entries[0].Seq;
        var reading = context.Store.ReadEntryAsync(stream, seq, CancellationToken.None);
        await Task.WhenAll(LoadAsync(), reading);
        var stored = await reading;
        if (stored is null && _cached!.Value.Head.Seq >= seq)
        {
            stored = await context.Store.ReadEntryAsync(stream, seq, CancellationToken.None)
                ?? throw new StreamFrozenException(stream, $"the head is beyond entry {seq}, which is not there");
        }

        if (stored is null)
        {
            // Not there yet, and a late one of ours can still land: the attempts stay remembered.
            return false;
        }

        // The operation id says that it is ours, the hash says which attempt.
        var ours = attempts.Find(attempt => attempt.Batch!.Entries[0] is var tried && tried.Operation == stored.Operation && tried.Hash == stored.Hash);
        attempts.Clear();
        if (ours is not null)
        {
            Finish(open, ours);
        }

        return ours is not null;
    }

    private void Finish(List<Pending> open, BatchPlan plan)
    {
        _dropped.Clear();
        if (plan.Tally is not null)
        {
            _tally.Subtract(plan.Tally);
        }

        foreach (var (pending, decided, _) in plan.Decisions)
        {
            open.Remove(pending);
            Tally(decided);
        }

        _ = AcknowledgeAsync(plan);
    }

    /// <summary>Nobody is told yes before the reference is queued; meanwhile the next batch is on its way.</summary>
    private async Task AcknowledgeAsync(BatchPlan plan)
    {
        try
        {
            await plan.Put;
        }
        catch (StorageUnavailableException error)
        {
            plan.Decisions.ForEach(decision => decision.Pending.Fail(error));
            return;
        }

        RaiseAnnounced(plan.Batch!.Head.Seq);
        foreach (var (pending, decided, first) in plan.Decisions)
        {
            pending.Done(decided, plan.EntriesOf(first, decided.Entries.Length));
        }
    }

    private void AnswerUncommitted(List<Pending> open, BatchPlan plan)
    {
        foreach (var (pending, decided, _) in plan.Decisions)
        {
            open.Remove(pending);
            Tally(decided);
            pending.Done(decided, []);
        }
    }

    private void Tally(Decided decided)
    {
        if (decided.Tallied is null)
        {
            return;
        }

        _tally.Add(decided.Tallied);
        if (!_flushing)
        {
            _flushing = true;
            _ = FlushTallyAsync();
        }
    }

    private async Task FlushTallyAsync()
    {
        await context.DelayAsync(Appender.TallyLife);
        if (!TryEnqueue(new TallyFlush(context.Timestamp, () => _flushing = false)))
        {
            _flushing = false;
        }
    }

    private void RaiseAnnounced(long value)
    {
        for (var seen = Volatile.Read(ref _announced); seen < value; seen = Volatile.Read(ref _announced))
        {
            Interlocked.CompareExchange(ref _announced, value, seen);
        }
    }
}
