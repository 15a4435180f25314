using System.Globalization;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Azure.Log;

/// <summary>Leaf rows and pending pointers, version 1: what stands in which property, both ways.</summary>
internal static class LeafRows
{
    private const string Entry = "Entry";
    private const string Previous = "Prev";
    private const string Index = "Index";
    private const string Why = "Why";

    public static TableEntity Of(NewLeaf leaf) => StoredRow.New(TableKeys.LeafPartition(leaf.Stream), TableKeys.Leaf(new(leaf.Stream, leaf.Seq)))
        .With(Entry, TableValue.Of(leaf.Entry.ToBytes()))
        .With(Previous, TableValue.Of(leaf.Previous.ToBytes()));

    public static TableEntity OfIndex(LeafIndex index) =>
        new TableEntity(TableKeys.LeafPartition(index.Stream), TableKeys.Leaf(new(index.Stream, index.Seq))).With(Index, TableValue.Of(index.Index));

    public static TableEntity OfPending(LeafPlace place) => StoredRow.New(TableKeys.LeafPartition(place.Stream), TableKeys.Leaf(place));

    public static TableEntity OfFrozen(StreamId stream, string why) => StoredRow.New(TableKeys.LeafPartition(stream), TableKeys.Frozen(stream)).With(Why, TableValue.Of(why));

    public static LeafRow Read(TableEntity row)
    {
        var (stream, seq) = ReadPlace(row);
        return new(
            stream,
            seq,
            EntryHash.FromBytes(row.Get(Entry).AsBinary().Span),
            EntryHash.FromBytes(row.Get(Previous).AsBinary().Span),
            row.TryGet(Index, out var index) ? index.AsInt64() : null);
    }

    /// <summary>What a leaf row or a pending pointer is about.</summary>
    public static LeafPlace ReadPlace(TableEntity row)
    {
        StoredRow.Known(row, "leaf");
        return row.RowKey.Split(';') is [var stream, var seq] && StreamId.TryParse(stream, out var id) && long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(id, number)
            : throw new FormatException("A leaf row's key names no leaf.");
    }

    public static string ReadFrozen(TableEntity row) => StoredRow.Known(row, "frozen stream").Get(Why).AsString();
}
