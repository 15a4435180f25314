using Gating.Ledger;
using Gating.Timelines;

namespace Gating.Evidence;

/// <summary>
/// For an answer about a range: the entries that close its hours, each with a count and a hash over the entries of its hour, against the entries that are in the bundle. They come before the answer, so that what is kept is bounded by
/// their number. An hour that no entry closes is not spoken for.
/// </summary>
internal sealed class HourClaim : IDisposable
{
    private const int MaxHours = 100_000;

    private readonly ClaimTally _tally = new("hours");
    private readonly Dictionary<(Timeline Timeline, UtcHour Hour), (HourDigest Recorded, HourDigest.Running Found)> _hours = [];
    private long _count;

    public void Add(EntryLine line)
    {
        if (line.Role is EntryRole.Hour)
        {
            Watch(line);
        }
        else if (_hours.Count > 0)
        {
            foreach (var timeline in EntryTimelines.Of(line.Entry))
            {
                if (_hours.TryGetValue((timeline, UtcHour.Of(line.Entry.Time)), out var hour))
                {
                    hour.Found.Add(line.Entry.Hash);
                    _count++;
                }
            }
        }
    }

    /// <summary>Null where no hours are claimed.</summary>
    public Claim? ToClaim()
    {
        foreach (var ((timeline, hour), (recorded, found)) in _hours)
        {
            if (found.End() is var digest && digest != recorded)
            {
                _tally.Fail($"of the hour {hour.Start:yyyy-MM-dd'T'HH}Z of {timeline} the ledger has {recorded}, and the bundle {digest}");
            }
        }

        return _hours.Count == 0 && _tally.Holds ? null : _tally.ToClaim($"{_hours.Count} hours are closed by an entry, and have the {_count} entries that it counts: none is left out of them");
    }

    public void Dispose()
    {
        foreach (var (_, found) in _hours.Values)
        {
            found.Dispose();
        }
    }

    private void Watch(EntryLine line)
    {
        try
        {
            if (ClosedHour.Read(line.Entry) is not { } closed || _hours.Count == MaxHours)
            {
                _tally.Fail($"entry {EntryLine.NameOf(line.Place)} closes no hour, or one too many");
            }
            else if (!_hours.TryAdd((closed.Timeline, closed.Hour), (closed.Digest, new())))
            {
                _tally.Fail($"entry {EntryLine.NameOf(line.Place)} closes an hour that another closes");
            }
        }
        catch (Exception unreadable) when (unreadable is UnknownVersionException or FormatException or KeyNotFoundException or InvalidOperationException or System.Text.Json.JsonException)
        {
            _tally.Fail($"entry {EntryLine.NameOf(line.Place)} is no hour's entry as this version knows them");
        }
    }
}
