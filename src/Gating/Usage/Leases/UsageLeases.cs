using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Usage.Leases;

/// <summary>
/// Units of limits that everybody of an app or of a tool shares. An instance leases them in blocks from the owner's ledger, where a block counts as used from then on, and gives them out without asking anybody: no more than the limit
/// can ever be used, however many instances there are, and no row is hot. A block is good for the window that it was leased from and no longer: whoever stood still comes back with nothing, and of an instance that died its block is lost
/// until the window ends. Safe for concurrent use; one per process. Throws <see cref="StorageUnavailableException"/>: units may then be leased that nobody uses.
/// </summary>
public sealed class UsageLeases(Appender appender, ILedgerStore ledger, StreamNames names, TimeProvider time)
{
    // As many as there are limits in the registry.
    private readonly ConcurrentDictionary<ulong, UsageBlock> _blocks = new();

    /// <summary>So many units of each of the limits, or of none.</summary>
    public async ValueTask<SharedUsage> TakeAsync(ImmutableArray<SharedLimit> limits, long units, CancellationToken cancellation)
    {
        if (limits.IsEmpty)
        {
            return SharedUsage.Nothing;
        }

        var all = SharedUsage.Nothing with { Units = units };
        foreach (var limit in limits)
        {
            SharedUsage one;
            try
            {
                one = await BlockOf(limit).TakeAsync(limit, units, cancellation);
            }
            catch
            {
                GiveBack(all.Limits, units, time.GetUtcNow());
                throw;
            }

            if (one is not SharedUsage.Held held)
            {
                GiveBack(all.Limits, units, time.GetUtcNow());
                return one;
            }

            all = all with { Limits = all.Limits.Add(limit), From = held.From > all.From ? held.From : all.From, Until = held.Until < all.Until ? held.Until : all.Until };
        }

        return all;
    }

    /// <summary>Whether so many units of each of the limits could be had now; nothing is taken, and nothing leased.</summary>
    public async ValueTask<SharedUsage> LookAsync(ImmutableArray<SharedLimit> limits, long units, CancellationToken cancellation)
    {
        foreach (var limit in limits)
        {
            var needed = units - BlockOf(limit).Left;
            if (needed > 0 && await ViolationAsync(limit, needed, cancellation) is { } violation)
            {
                return new SharedUsage.Exceeded(new([violation], []));
            }
        }

        return SharedUsage.Nothing;
    }

    private async Task<QuotaViolation?> ViolationAsync(SharedLimit limit, long needed, CancellationToken cancellation)
    {
        var head = await names.FindAsync(limit.Kind, limit.Owner, cancellation) is { } owner ? (await ledger.ReadHeadAsync(owner, cancellation))?.Head : null;
        var now = head?.Time > time.GetUtcNow() ? head.Time : time.GetUtcNow();
        return LeaseRules.Violation(limit, needed, head?.State ?? StreamState.New, now);
    }

    /// <summary>Units that nothing came of, or that a grant does not need: to this instance's blocks, as far as those are of the windows that held at <paramref name="takenAt"/>.</summary>
    public void GiveBack(ImmutableArray<SharedLimit> limits, long units, DateTimeOffset takenAt)
    {
        foreach (var limit in limits)
        {
            BlockOf(limit).GiveBack(units, takenAt);
        }
    }

    /// <summary>Units of a grant's charge that came back: to those of the limits that it was charged to.</summary>
    public void GiveBack(ImmutableArray<SharedLimit> limits, UsageCharge charge, long units) => GiveBack([.. limits.Where(limit => charge.Ids.Contains(limit.Id))], units, charge.At);

    private UsageBlock BlockOf(SharedLimit limit) => _blocks.TryGetValue(limit.Id, out var block) ? block : _blocks.GetOrAdd(limit.Id, new UsageBlock(LeaseAsync, time.GetUtcNow));

    /// <summary>Null where the owner's ledger has too much to do.</summary>
    private async Task<LeaseAnswer?> LeaseAsync(SharedLimit limit, long needed)
    {
        var owner = await names.OfAsync(limit.Kind, limit.Owner, CancellationToken.None);
        var proposal = new Proposal<LeaseAnswer>(OperationId.Create(), [], (state, at) => LeaseRules.Decide(limit, needed, state, at));
        return await appender.AppendAsync(owner, proposal, isNew: false) is AppendOutcome<LeaseAnswer>.Done done ? done.Answer : null;
    }
}
