using System.Globalization;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Timelines;

namespace Gating.Fsck;

/// <summary>
/// What the entries of a stream say about rows of timelines, checked while they are read. Rows are written before leaf rows: an entry that the log has, has its own. Of the operator's stream: the row
/// of an hour names no earlier entry than one that closed it. Keeps what is not checked yet, and nothing of what is. Not safe for concurrent use.
/// </summary>
internal sealed class StreamTimelines(FsckStores stores, DateTimeOffset now)
{
    /// <summary>From an hour's entry until its row names it, after a crash between the two: whoever runs next repeats the entry.</summary>
    private static readonly TimeSpan Repaired = TimeSpan.FromHours(3);

    /// <summary>Rows that are looked for at once.</summary>
    private const int AtOnce = 16;

    /// <summary>Hours that are remembered to be listed.</summary>
    private const int Remembered = 1024;

    private readonly List<FsckFinding> _findings = [];
    private readonly List<(StoredThing Row, Entry Entry)> _open = [];
    private readonly HashSet<TimelineShard> _listed = [];

    /// <summary>Complete after <see cref="EndAsync"/>.</summary>
    public IReadOnlyList<FsckFinding> Findings => _findings;

    /// <param name="entry">One whose hash stands.</param>
    /// <param name="leaf">Its leaf row; null: what is not in the log need not be on a timeline.</param>
    public async Task AddAsync(Entry entry, LeafRow? leaf, CancellationToken cancellation)
    {
        if (entry.Kind is EntryKind.HourClosed)
        {
            await JudgeHourAsync(entry, cancellation);
        }

        if (leaf is null)
        {
            return;
        }

        foreach (var row in EntryTimelines.RowsOf(entry))
        {
            _open.Add((new StoredThing.TimelineRow(row.Timeline, row.Item.Position), entry));
            if (_listed.Add(row.Shard))
            {
                _open.Add((new StoredThing.ListedHour(row.Shard), entry));
            }
        }

        if (_open.Count >= AtOnce)
        {
            await EndAsync(cancellation);
        }
    }

    /// <summary>Looks for the rest.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        var found = await Task.WhenAll(_open.Select(one => stores.Walk.ExistsAsync(one.Row, cancellation)));
        _findings.AddRange(_open.Where((_, i) => !found[i]).Select(static one =>
            new FsckFinding.Wrong(one.Row, FsckFault.Missing, $"a row of entry {one.Entry.Seq} of stream {one.Entry.Stream}", "nothing")));
        _open.Clear();
        if (_listed.Count > Remembered)
        {
            _listed.Clear();
        }
    }

    private async Task JudgeHourAsync(Entry entry, CancellationToken cancellation)
    {
        try
        {
            if (entry.Time + Repaired > now || ClosedHour.Read(entry) is not { } closed)
            {
                return;
            }

            if (await stores.Timelines.ReadClosedAsync(closed.Timeline, closed.Hour, cancellation) is not { } place || place.Seq < entry.Seq)
            {
                var row = new StoredThing.HourEntryRow(closed.Timeline, closed.Hour);
                var isThere = await stores.Walk.ExistsAsync(row, cancellation);
                _findings.Add(new FsckFinding.Wrong(
                    row, isThere ? FsckFault.Differs : FsckFault.Missing, string.Create(CultureInfo.InvariantCulture, $"entry {entry.Seq} or a later one"), isThere ? "an earlier one" : "nothing"));
            }
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            // The row that cannot be read is named where rows are walked; an entry that this build cannot read is no hour's.
        }
    }
}
