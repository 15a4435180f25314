using Gating.Admission;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.Signals;

/// <summary>
/// Tells apps that a person was stopped, or is proven otherwise than before: those that had a grant for them and have a stream that asks for it. Whoever recorded it starts it; and the way of its entry into the log does it again, for the one
/// who died before he could. Of a stop that begins later they are told when it does.
/// </summary>
public sealed class PersonSignals(ILedgerStore ledger, BegunStops stops, ISignalStore store, SecurityEvents events, SignalOutbox outbox, TimeProvider time) : IEntryIndex
{
    /// <summary>Entries of the person that are looked through for apps at most: who had no grant in that many knows nothing new of them.</summary>
    private const int MostEntries = 5000;

    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            await TellAsync(entry, cancellation);
        }
    }

    /// <summary>Not waited for; whatever goes wrong, the log's way does it again.</summary>
    /// <param name="place">Seq of the entry that says it.</param>
    internal Task StartAsync(StreamId person, long place) => Task.Run(async () =>
    {
        try
        {
            if (await ledger.ReadEntryAsync(person, place, CancellationToken.None) is { } entry)
            {
                await TellAsync(entry, CancellationToken.None);
            }
        }
        catch (StorageUnavailableException)
        {
            // As said above.
        }
    });

    private async Task TellAsync(Entry told, CancellationToken cancellation)
    {
        if (told.Kind is EntryKind.AssuranceChanged)
        {
            await TellAsync(told.Stream, new(told.Time, told.Seq), SecurityEvents.AssuranceLevelChange, app => events.OfAssurance(app, told, time.GetUtcNow()), cancellation);
        }
        else if (await stops.FindAsync(told, cancellation) is { } stop)
        {
            await TellAsync(told.Stream, stop, SecurityEvents.SessionRevoked, app => events.OfStop(app, told.Stream, told.Seq, stop.Since, time.GetUtcNow()), cancellation);
        }
    }

    private async Task TellAsync(StreamId person, BegunStop what, string type, Func<string, SecurityEvent> eventOf, CancellationToken cancellation)
    {
        // What is remembered of events that were received is younger than this.
        if (what.Since + Tool.LongestGrant <= time.GetUtcNow())
        {
            return;
        }

        foreach (var app in await AppsAsync(person, what.Before, cancellation))
        {
            if (await store.FindStreamAsync(app, cancellation) is { Stream: var stream } && stream.Events.Contains(type, StringComparer.Ordinal))
            {
                await outbox.KeepAsync(stream, eventOf(app), cancellation);
            }
        }
    }

    private async Task<HashSet<string>> AppsAsync(StreamId person, long before, CancellationToken cancellation)
    {
        var apps = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in EntriesBack.ReadAsync(ledger, person, before - 1, MostEntries, cancellation))
        {
            if (entry.Kind is EntryKind.Granted)
            {
                apps.Add(AdmissionEntries.ReadGranted(entry).Terms.App);
            }
        }

        return apps;
    }
}
