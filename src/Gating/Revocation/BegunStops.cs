using Gating.Ledger;

namespace Gating.Revocation;

/// <summary>A stop that has begun.</summary>
/// <param name="Since">When it did.</param>
/// <param name="Before">Whatever was given to the person by then stands before this entry.</param>
internal readonly record struct BegunStop(DateTimeOffset Since, long Before);

/// <summary>What entries say of stops that have begun by now: those that lists and apps are told of. Throws <see cref="StorageUnavailableException"/>.</summary>
public sealed class BegunStops(ILedgerStore ledger, TimeProvider time)
{
    /// <summary>Null where the entry sets no stop, or one whose time is to come, or one that was to begin later and does not stand now. One that held from its entry on is told of even where it was lifted since.</summary>
    internal async Task<BegunStop?> FindAsync(Entry entry, CancellationToken cancellation)
    {
        if (entry.Kind is not EntryKind.StatusChanged || StopEntries.Since(entry) is not { } since || since > time.GetUtcNow())
        {
            return null;
        }

        if (since == entry.Time)
        {
            return new(since, entry.Seq);
        }

        // Between its entry and its time the person went on.
        return await ledger.ReadHeadAsync(entry.Stream, cancellation) is { Head: var head } && head.State.Stops.Standing.Any(stop => stop.Seq == entry.Seq) ? new(since, head.Seq + 1) : null;
    }
}
