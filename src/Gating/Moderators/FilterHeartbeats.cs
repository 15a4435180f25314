using System.Globalization;
using Gating.Ledger;

namespace Gating.Moderators;

/// <summary>
/// Heartbeats of apps, "my filters before this tool are active": recorded in the app's ledger, at most one for each half of the age that the tool allows, and asked for by the gate, which is told by the app's head. What was read is kept
/// until it says nothing any more: while an app beats, an instance reads its head once in half that age. An app that beats at least that often is never found silent. Safe for concurrent use; one per process. Throws
/// <see cref="StorageUnavailableException"/>: the heartbeat may be recorded, and the same one again finds it.
/// </summary>
public sealed class FilterHeartbeats(Appender appender, ILedgerStore ledger, StreamNames names, TimeProvider time)
{
    /// <summary>Of apps and tools, twice over (<see cref="AgingCache{TKey, TValue}"/>): who is not remembered is read again.</summary>
    private const int Remembered = 4096;

    // The age is part of it: where an admin changes it, what was said under the old one does not count.
    private readonly AgingCache<(string App, string Tool, TimeSpan Age), FilterHeartbeat> _standing = new(Remembered);

    /// <summary>The one that stands for this half of the age: this one, or one before it. Null where the app's ledger has too much to do.</summary>
    /// <param name="age">How long the tool takes a heartbeat for fresh.</param>
    /// <param name="rules">The version of the filters' rules; 1 to 128 characters.</param>
    public async Task<FilterHeartbeat?> RecordAsync(string app, string tool, TimeSpan age, string rules, CancellationToken cancellation)
    {
        var (now, asked) = (time.GetUtcNow(), (app, tool, age));
        if (_standing.TryGet(asked, out var standing) && HalfOf(standing.Until - age, age) >= HalfOf(now, age))
        {
            return standing;
        }

        var stream = await names.OfAsync(StreamNames.App, app, cancellation);
        var until = DateTimeOffset.FromUnixTimeMilliseconds((now + age).ToUnixTimeMilliseconds());
        var (entry, once) = (FilterHeartbeatEntries.Active(app, tool, rules, until), new ShortLivedRow(KeyOf(tool, age, HalfOf(now, age)), until));
        var proposal = new Proposal<bool>(OperationId.Create(), [once], (state, _) => new(state, [entry], [once], null, null, true));
        FilterHeartbeat? recorded = await appender.AppendAsync(stream, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done { Entries: [var written, ..] } => new(written.Seq, until),
            AppendOutcome<bool>.KeyTaken taken => await appender.ReadAnnouncedAsync(stream, taken.Row.Seq, cancellation) is { Entry: { Kind: EntryKind.FiltersActive } before }
                ? FilterHeartbeatEntries.Read(before)
                : throw new StreamFrozenException(stream, $"a key of heartbeats names entry {taken.Row.Seq}, which is none"),
            _ => null,
        };
        if (recorded is not null)
        {
            _standing.Set(asked, recorded);
        }

        return recorded;
    }

    /// <summary>The one that counts for longest; null where none counts now.</summary>
    public async ValueTask<FilterHeartbeat?> FindAsync(string app, string tool, TimeSpan age, CancellationToken cancellation)
    {
        var (now, asked) = (time.GetUtcNow(), (app, tool, age));
        if (_standing.TryGet(asked, out var standing) && standing.Until > now)
        {
            return standing;
        }

        if (await names.FindAsync(StreamNames.App, app, cancellation) is not { } stream || await ledger.ReadHeadAsync(stream, cancellation) is not { Head: var head })
        {
            return null;
        }

        // One of the last of a half counts until the end of the half after the next; and another instance's clock may be ahead of ours.
        var half = HalfOf(now, age);
        KeyHash[] keys = [.. Enumerable.Range(-2, 4).Select(off => KeyOf(tool, age, half + off))];
        var found = head.ShortLived.Where(row => row.Expires > now && keys.Contains(row.Key)).Select(static row => new FilterHeartbeat(row.Seq, row.Expires)).MaxBy(static beat => beat.Until);
        if (found is not null)
        {
            _standing.Set(asked, found);
        }

        return found;
    }

    private static long HalfOf(DateTimeOffset at, TimeSpan age) => at.UtcTicks / (age.Ticks / 2);

    private static KeyHash KeyOf(string tool, TimeSpan age, long half) =>
        KeyHash.Of("filters", tool, age.Ticks.ToString(CultureInfo.InvariantCulture), half.ToString(CultureInfo.InvariantCulture));
}
