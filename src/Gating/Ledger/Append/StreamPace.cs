namespace Gating.Ledger;

/// <summary>
/// Whose turn it is when several instances write one stream. Compare-and-swap favours whoever won last: the winner is ready again after one round trip, a loser after two (it
/// reads, then commits), by when the winner has moved the head once more. So an instance that knows of others leaves them the stream for a moment after each commit of its
/// own; and one that knows of none stands back once in a while, so that a writer who keeps losing can make itself known. Nothing here is needed for exactness, only for fairness.
/// </summary>
internal sealed class StreamPace(AppenderContext context)
{
    /// <summary>Commits in a row after which an instance that believes to be alone stands back all the same.</summary>
    public const int Streak = 16;

    /// <summary>Round trips that known others are left: enough to lose once, read, and commit.</summary>
    public const int RestRoundTrips = 3;

    /// <summary>Round trips that are left to others who may not exist: one of a reader that comes at the worst time still fits.</summary>
    public const int BreathRoundTrips = 2;

    public static readonly TimeSpan ShortestRoundTrip = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan LongestRoundTrip = TimeSpan.FromMilliseconds(50);

    private TimeSpan _roundTrip = ShortestRoundTrip;
    private TimeSpan _rest;
    private long _committed;
    private int _inARow;
    private string? _ownToken;

    /// <summary>Others write this stream too, as far as is known.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Leaves the stream alone for as long as the last commit asks for.</summary>
    public Task RestAsync()
    {
        var left = _rest == TimeSpan.Zero ? TimeSpan.Zero : _rest - context.Elapsed(_committed);
        return left > TimeSpan.Zero ? context.DelayAsync(left) : Task.CompletedTask;
    }

    /// <summary>Somebody else moved the head first.</summary>
    public void Lost() => IsShared = true;

    /// <summary>A head was read: if it is as we left it, nobody else is about.</summary>
    public void Saw(string token)
    {
        if (_ownToken is not null)
        {
            IsShared = !string.Equals(token, _ownToken, StringComparison.Ordinal);
        }
    }

    /// <summary>A commit of ours, sent at that timestamp, was answered.</summary>
    public void Committed(string token, long sent)
    {
        var roundTrip = context.Elapsed(sent);
        var idle = context.Elapsed(_committed) - roundTrip;
        _roundTrip = ((_roundTrip * 3) + Bounded(roundTrip)) / 4;
        _inARow = idle > _roundTrip * RestRoundTrips ? 1 : _inARow + 1;
        (_ownToken, _committed, _rest) = (token, context.Timestamp, TimeSpan.Zero);
        if (IsShared || _inARow >= Streak)
        {
            (_inARow, _rest) = (0, _roundTrip * (IsShared ? RestRoundTrips : BreathRoundTrips));
        }
    }

    private static TimeSpan Bounded(TimeSpan roundTrip) =>
        roundTrip < ShortestRoundTrip ? ShortestRoundTrip : roundTrip > LongestRoundTrip ? LongestRoundTrip : roundTrip;
}
