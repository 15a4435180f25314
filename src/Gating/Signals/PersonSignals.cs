using Gating.Admission;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.Signals;

/// <summary>
/// Tells apps that a person was stopped: those that had a grant for them and have a stream. Whoever stopped somebody starts it; and the way of the stop's entry into the log does it again, for the one who died before he could.
/// </summary>
public sealed class PersonSignals(ILedgerStore ledger, ISignalStore store, SecurityEvents events, SignalOutbox outbox, TimeProvider time) : IEntryIndex
{
    /// <summary>Entries of the person that are looked through for apps at most: who had no grant in that many knows nothing new of them.</summary>
    private const int MostEntries = 5000;

    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        foreach (var stop in entries.Where(static entry => entry.Kind is EntryKind.StatusChanged && StopEntries.Stops(entry)))
        {
            await TellAsync(stop, cancellation);
        }
    }

    /// <summary>Not waited for; whatever goes wrong, the log's way does it again.</summary>
    /// <param name="place">Seq of the stop.</param>
    internal Task StartAsync(StreamId person, long place) => Task.Run(async () =>
    {
        try
        {
            if (await ledger.ReadEntryAsync(person, place, CancellationToken.None) is { Kind: EntryKind.StatusChanged } stop)
            {
                await TellAsync(stop, CancellationToken.None);
            }
        }
        catch (StorageUnavailableException)
        {
            // As said above.
        }
    });

    private async Task TellAsync(Entry stop, CancellationToken cancellation)
    {
        // What is remembered of events that were received is younger than this.
        if (stop.Time + Tool.LongestGrant <= time.GetUtcNow())
        {
            return;
        }

        foreach (var app in await AppsAsync(stop, cancellation))
        {
            if (await store.FindStreamAsync(app, cancellation) is { Stream: var stream } && stream.Events.Contains(SecurityEvents.SessionRevoked, StringComparer.Ordinal))
            {
                await outbox.KeepAsync(stream, events.OfStop(app, stop.Stream, stop.Seq, stop.Time, time.GetUtcNow()), cancellation);
            }
        }
    }

    private async Task<HashSet<string>> AppsAsync(Entry stop, CancellationToken cancellation)
    {
        var apps = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in EntriesBack.ReadAsync(ledger, stop.Stream, stop.Seq - 1, MostEntries, cancellation))
        {
            if (entry.Kind is EntryKind.Granted)
            {
                apps.Add(AdmissionEntries.ReadGranted(entry).Terms.App);
            }
        }

        return apps;
    }
}
