using System.Globalization;
using Gating.Ledger;

namespace Gating.Timelines;

/// <summary>A place between the items of a timeline: after the one of these three. A value that may be given away and taken back.</summary>
/// <param name="Time">Whole milliseconds.</param>
public readonly record struct TimelinePosition(DateTimeOffset Time, StreamId Stream, long Seq)
{
    private const char Separator = '.';

    /// <summary>How timelines are ordered: by time, stream and seq. Streams as their digits are.</summary>
    public static Comparer<TimelinePosition> Order { get; } = Comparer<TimelinePosition>.Create(static (left, right) =>
        left.Time.CompareTo(right.Time) is not 0 and var time ? time
        : left.Stream.Value.CompareTo(right.Stream.Value) is not 0 and var stream ? stream
        : left.Seq.CompareTo(right.Seq));

    /// <summary>Before every item of that time, and after all earlier ones. A part of a millisecond is rounded up: no item is in it.</summary>
    public static TimelinePosition Before(DateTimeOffset time)
    {
        var past = time.UtcTicks % TimeSpan.TicksPerMillisecond;
        return new(new(time.UtcTicks - past + (past == 0 ? 0 : TimeSpan.TicksPerMillisecond), TimeSpan.Zero), default, 0);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out TimelinePosition position)
    {
        position = default;
        if (text?.Split(Separator) is not [var time, var stream, var seq] || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() || !StreamId.TryParse(stream, out var id) || !long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        position = new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id, number);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time.ToUnixTimeMilliseconds()}{Separator}{Stream}{Separator}{Seq}");
}

/// <summary>One entry as its timelines name it. It only points: what it names is read from the ledger, which decides.</summary>
/// <param name="Time">The entry's, whole milliseconds.</param>
/// <param name="Entry">Its hash.</param>
public readonly record struct TimelineItem(DateTimeOffset Time, StreamId Stream, long Seq, EntryKind Kind, EntryHash Entry)
{
    public TimelinePosition Position => new(Time, Stream, Seq);

    public static TimelineItem Of(Entry entry) => new(entry.Time, entry.Stream, entry.Seq, entry.Kind, entry.Hash);
}

/// <summary>An item on one of its timelines.</summary>
public readonly record struct TimelineRow(Timeline Timeline, TimelineItem Item)
{
    public TimelineShard Shard => new(Timeline, UtcHour.Of(Item.Time), TimelineShard.Of(Item.Stream));
}

/// <summary>Where rows stand together: those of one timeline, hour and sixteenth of all streams, so that no busy tool has its rows in one place.</summary>
/// <param name="Shard">0 to 15.</param>
public readonly record struct TimelineShard(Timeline Timeline, UtcHour Hour, int Shard)
{
    public const int Count = 16;

    /// <summary>The stream's first digit, which is random: all rows of one stream's hour stand together.</summary>
    public static int Of(StreamId stream) => (int)(stream.Value.High >> 60);
}

/// <summary>An hour of a timeline that may have rows.</summary>
/// <param name="Shards">Bit n is set where shard n may have some.</param>
public readonly record struct TimelineHour(UtcHour Hour, int Shards)
{
    public IEnumerable<int> Listed
    {
        get
        {
            var shards = Shards;
            return Enumerable.Range(0, TimelineShard.Count).Where(shard => (shards & (1 << shard)) != 0);
        }
    }
}
