namespace Gating.Ledger;

/// <summary>Answers those proposals whose insert-only rows stand already, by point reads of these rows.</summary>
internal sealed class StandingRows(StreamId stream, ILedgerStore store)
{
    /// <summary>Point-reads the keys of those proposals: what was used is answered, a name without its row goes to <paramref name="dropped"/>.</summary>
    public async Task AnswerKeysAsync(List<Pending> open, IReadOnlyList<Pending> asked, HashSet<KeyHash> dropped)
    {
        foreach (var pending in asked)
        {
            foreach (var key in pending.Keys)
            {
                if (await store.ReadKeyAsync(stream, key.Key, CancellationToken.None) is not { } row)
                {
                    dropped.Add(key.Key);
                    continue;
                }

                open.Remove(pending);
                pending.Taken(row);
                break;
            }
        }
    }

    /// <summary>Point-reads the settlements that the plan would write: who would settle a grant again is told.</summary>
    public async Task AnswerSettlementsAsync(List<Pending> open, BatchPlan plan)
    {
        var settling = plan.Decisions.Select(static decision => (decision.Pending, decision.Decided)).Concat(plan.Overtaken).ToLookup(static one => one.Decided.Settles);
        foreach (var same in settling.Where(static same => same.Key is not null))
        {
            if (await store.ReadSettlementAsync(stream, same.Key!.Value, CancellationToken.None) is not { } row)
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
}
