using Gating.Admission;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.StatusLists;

/// <summary>
/// Marks what entries say that are on their way into the log: grants that were given back, and those of people who were stopped. Whoever gave back or stopped has marked them before he was answered; this is for the one
/// who died before he could.
/// </summary>
public sealed class StatusMarking(ILedgerStore ledger, OpenGrants open, StatusMarks marks, TimeProvider time) : IEntryIndex
{
    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        // Of what is older every grant is over.
        foreach (var entry in entries.Where(entry => entry.Time + Tool.LongestGrant > time.GetUtcNow()))
        {
            if (entry.Kind is EntryKind.Released && await ledger.ReadEntryAsync(entry.Stream, GrantRevocation.ReadSettled(entry).Seq, cancellation) is { Kind: EntryKind.Granted } granted)
            {
                await marks.InvalidateAsync(AdmissionEntries.ReadGranted(granted).Terms is { Status: { } place } ? [place] : [], cancellation);
            }
            else if (entry.Kind is EntryKind.StatusChanged && StopEntries.Stops(entry))
            {
                await marks.InvalidateAsync(await open.PlacesAsync(entry.Stream, entry.Seq, cancellation), cancellation);
            }
        }
    }
}
