using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Timelines;

namespace Gating.Azure.Timelines;

/// <summary>Rows of the table of timelines, version 1: what stands in which property, both ways. A listed hour and an hour's place on a list say nothing but their keys.</summary>
internal static class TimelineRows
{
    private const string Kind = "Kind";
    private const string Entry = "Entry";
    private const string Stream = "Stream";
    private const string Seq = "Seq";

    public static TableEntity Of(TimelineRow row) => StoredRow.New(TimelineKeys.Rows(row.Shard), TimelineKeys.Row(row.Item.Position))
        .With(Kind, TableValue.Of((int)row.Item.Kind))
        .With(Entry, TableValue.Of(row.Item.Entry.ToBytes()));

    public static TableEntity OfListed(TimelineShard shard) => StoredRow.New(TimelineKeys.Month(shard.Timeline, shard.Hour), TimelineKeys.Listed(shard));

    public static TableEntity OfWork(HourWork work) => StoredRow.New(TimelineKeys.Work, TimelineKeys.WorkRow(work));

    public static TableEntity OfClosed(Timeline timeline, UtcHour hour, LeafPlace place) => StoredRow.New(TimelineKeys.Month(timeline, hour), TimelineKeys.Closed(hour))
        .With(Stream, TableValue.Of(place.Stream.ToString()))
        .With(Seq, TableValue.Of(place.Seq));

    public static TimelineItem Read(UtcHour hour, TableEntity row)
    {
        StoredRow.Known(row, "timeline");
        return TimelineKeys.TryReadRow(hour, row.RowKey, out var position)
            ? new(position.Time, position.Stream, position.Seq, (EntryKind)row.Get(Kind).AsInt32(), EntryHash.FromBytes(row.Get(Entry).AsBinary().Span))
            : throw new FormatException("A timeline's row is named by no entry.");
    }

    public static TimelineShard ReadListed(Timeline timeline, TableEntity row)
    {
        StoredRow.Known(row, "listed hour");
        return TimelineKeys.TryReadListed(row.PartitionKey, timeline, row.RowKey, out var shard) ? shard : throw new FormatException("A listed hour's row is named by none.");
    }

    public static HourWork ReadWork(TableEntity row)
    {
        StoredRow.Known(row, "hour to close");
        return TimelineKeys.TryReadWork(row.RowKey, out var work) ? work : throw new FormatException("A row of a list of hours to close names none.");
    }

    public static LeafPlace ReadClosed(TableEntity row) => StreamId.TryParse(StoredRow.Known(row, "closed hour").Get(Stream).AsString(), out var stream)
        && row.Get(Seq).AsInt64() is >= 1 and <= TableKeys.MaxSeq and var seq
        ? new(stream, seq)
        : throw new FormatException("A closed hour's row holds no place of an entry.");
}
