using System.Globalization;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Azure.Log;

/// <summary>Rows of a stream's partition of leaves, version 1: what stands in which property, both ways.</summary>
internal static class LeafRows
{
    private const string Entry = "Entry";
    private const string Previous = "Prev";
    private const string Index = "Index";
    private const string Why = "Why";

    public static TableEntity Of(StreamId stream, NewLeaf leaf) => StoredRow.New(TableKeys.Partition(stream), TableKeys.Leaf(leaf.Seq))
        .With(Entry, TableValue.Of(leaf.Entry.ToBytes()))
        .With(Previous, TableValue.Of(leaf.Previous.ToBytes()));

    public static TableEntity OfIndex(StreamId stream, LeafIndex index) =>
        new TableEntity(TableKeys.Partition(stream), TableKeys.Leaf(index.Seq)).With(Index, TableValue.Of(index.Index));

    public static TableEntity OfFrozen(StreamId stream, string why) => StoredRow.New(TableKeys.Partition(stream), TableKeys.Frozen).With(Why, TableValue.Of(why));

    public static LeafRow Read(StreamId stream, TableEntity row)
    {
        StoredRow.Known(row, "leaf");
        return new(
            stream,
            long.Parse(row.RowKey, NumberStyles.None, CultureInfo.InvariantCulture),
            EntryHash.FromBytes(row.Get(Entry).AsBinary().Span),
            EntryHash.FromBytes(row.Get(Previous).AsBinary().Span),
            row.TryGet(Index, out var index) ? index.AsInt64() : null);
    }

    public static string ReadFrozen(TableEntity row) => StoredRow.Known(row, "frozen stream").Get(Why).AsString();
}
