using Gating.Archive;
using Gating.Consents;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Receipts;

/// <summary>What was recorded about a thing after the entry that made it; each at most once.</summary>
public enum LaterEntry
{
    /// <summary>How a generation ended.</summary>
    Report = 1,

    /// <summary>An output was released without the label that people see.</summary>
    Release = 2,

    /// <summary>An output's file was removed.</summary>
    Removal = 3,

    /// <summary>A consent was withdrawn.</summary>
    Withdrawal = 4,
}

/// <summary>
/// From what an app knows an entry by to the entry's place: a grant by its <c>jti</c>, a generation by its id, an output by its content id, a consent by its id, and what came later by the thing that it came to. By at most
/// three point reads. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class AppEntries(AppHandles handles, RecordedOutputs outputs, RecordedConsents consents, ILedgerStore ledger)
{
    private static Task<LeafPlace?> None => Task.FromResult<LeafPlace?>(null);

    /// <summary>Null where this app was given no such id, or nothing of that kind was recorded about it: it is not told which.</summary>
    public async Task<LeafPlace?> FindAsync(string app, string id, LaterEntry? later, CancellationToken cancellation)
    {
        if (handles.TryOpenGrant(app, id, out var grant))
        {
            return later is null ? new(grant.Person, grant.Seq) : null;
        }

        if (handles.TryOpenGeneration(app, id, out var generation))
        {
            return later is { } ending ? await OfGenerationAsync(generation.Person, generation.Seq, ending, cancellation) : new(generation.Person, generation.Seq);
        }

        if (await consents.ReadAsync(id, cancellation) is { Consent: { } consent })
        {
            return !consent.IsFor(app) ? null
                : later is null ? new(consent.Depicted, consent.Seq)
                : later is LaterEntry.Withdrawal ? await SettledAsync(consent.Depicted, consent.Withdrawal, cancellation)
                : null;
        }

        if (!ContentId.TryParse(id, out var content) || await outputs.FindAsync(content, cancellation) is not { } output || !string.Equals(output.App, app, StringComparison.Ordinal))
        {
            return null;
        }

        return later is { } word ? await OfOutputAsync(output, word, cancellation) : new(output.Person, output.Seq);
    }

    private Task<LeafPlace?> OfGenerationAsync(StreamId person, long seq, LaterEntry later, CancellationToken cancellation) => later switch
    {
        LaterEntry.Report => SettledAsync(person, seq, cancellation),
        LaterEntry.Release or LaterEntry.Removal or LaterEntry.Withdrawal => None,
    };

    private Task<LeafPlace?> OfOutputAsync(ArchivedOutput output, LaterEntry later, CancellationToken cancellation) => later switch
    {
        LaterEntry.Release => SettledAsync(output.Person, output.Release, cancellation),
        LaterEntry.Removal => SettledAsync(output.Person, output.Removal, cancellation),
        LaterEntry.Report or LaterEntry.Withdrawal => None,
    };

    private async Task<LeafPlace?> SettledAsync(StreamId person, SettlementId settled, CancellationToken cancellation) =>
        await ledger.ReadSettlementAsync(person, settled, cancellation) is { } row ? new(person, row.By) : null;
}
