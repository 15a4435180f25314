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
        while (TakeWaiting(open))
        {
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
        while (open.Count > 0)
        {
            if (++rounds > FreeRounds)
            {
                ShedImpatient(open);
            }

            var fresh = _cached is null;
            if (fresh)
            {
                await LoadAsync();
            }

            var plan = Plan(open);
            if (plan.Listed.Count > 0)
            {
                await AnswerTakenAsync(open, plan.Listed);
            }
            else if (plan.Batch is not null)
            {
                switch (await CommitAsync(open, plan, attempts))
                {
                    case Committing.Durable:
                        return;
                    case Committing.Conflicted:
                        ShedImpatient(open);
                        await context.BackOffAsync(conflicts++);
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
        var stored = await context.Store.ReadHeadAsync(stream, CancellationToken.None);
        if (stored is null)
        {
            _cached = (Head.New(RandomNumberGenerator.GetBytes(Head.SaltSize)), null);
            return;
        }

        _cached = (stored.Head, stored.Token);
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
        Conflicted,

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
        switch (await TryCommitAsync(batch))
        {
            case CommitOutcome.Committed committed:
                _cached = (batch.Head, committed.HeadToken);
                Finish(open, plan);
                return Committing.Durable;
            case CommitOutcome.RowExists { Row.Kind: LedgerRowKind.Entry } exists:
                throw new StreamFrozenException(stream, $"entry {exists.Row.Seq} stands beyond the head");
            case CommitOutcome.RowExists:
                await AnswerTakenAsync(open, open.ToArray());
                await AnswerSettledAsync(open, plan);
                return Committing.Again;
            case CommitOutcome.RowMissing missing:
                _dropped.Add(missing.Row.Key);
                return Committing.Again;
            default:
                attempts.Add(plan);
                _cached = null;
                return await FindOursAsync(open, attempts) ? Committing.Durable : Committing.Conflicted;
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

    /// <summary>After a moved head or a lost answer the entry at the seq that was tried says whether one of the attempts happened.</summary>
    private async Task<bool> FindOursAsync(List<Pending> open, List<BatchPlan> attempts)
    {
        var seq = attempts[0].Batch!.Entries[0].Seq;
        var stored = await context.Store.ReadEntryAsync(stream, seq, CancellationToken.None);
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

    /// <summary>Point-reads the keys of those proposals: what was used is answered, a name without its row is dropped from the head.</summary>
    private async Task AnswerTakenAsync(List<Pending> open, IReadOnlyList<Pending> asked)
    {
        foreach (var pending in asked)
        {
            foreach (var key in pending.Keys)
            {
                if (await context.Store.ReadKeyAsync(stream, key.Key, CancellationToken.None) is not { } row)
                {
                    _dropped.Add(key.Key);
                    continue;
                }

                open.Remove(pending);
                pending.Taken(row);
                break;
            }
        }
    }

    private async Task AnswerSettledAsync(List<Pending> open, BatchPlan plan)
    {
        var settling = plan.Decisions.Select(static decision => (decision.Pending, decision.Decided)).Concat(plan.Overtaken).ToLookup(static one => one.Decided.Settles);
        foreach (var same in settling.Where(static same => same.Key is not null))
        {
            if (await context.Store.ReadSettlementAsync(stream, same.Key!.Value, CancellationToken.None) is not { } row)
            {
                continue;
            }

            foreach (var (pending, _) in same)
            {
                open.Remove(pending);
                pending.Settled(row);
            }
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
