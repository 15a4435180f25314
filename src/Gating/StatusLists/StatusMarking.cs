using Gating.Admission;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.StatusLists;

/// <summary>
/// Marks what entries say that are on their way into the log: grants that were given back, and those of people who were stopped. Whoever gave back or stopped at once has marked them before he was answered; this is for the one
/// who died before he could, and for stops whose time has come.
/// </summary>
public sealed class StatusMarking(ILedgerStore ledger, BegunStops stops, OpenGrants open, StatusMarks marks, TimeProvider time) : IEntryIndex
{
    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            if (entry.Kind is EntryKind.Released && IsRecent(entry.Time) && await ledger.ReadEntryAsync(entry.Stream, GrantRevocation.ReadSettled(entry).Seq, cancellation) is { Kind: EntryKind.Granted } granted)
            {
                await marks.InvalidateAsync(AdmissionEntries.ReadGranted(granted).Terms is { Status: { } place } ? [place] : [], cancellation);
            }
            else if (await stops.FindAsync(entry, cancellation) is { } stop && IsRecent(stop.Since))
            {
                await marks.InvalidateAsync(await open.PlacesAsync(entry.Stream, stop.Before, cancellation), cancellation);
            }
        }
    }

    /// <summary>Otherwise every grant that it could concern is over.</summary>
    private bool IsRecent(DateTimeOffset at) => at + Tool.LongestGrant > time.GetUtcNow();
}
