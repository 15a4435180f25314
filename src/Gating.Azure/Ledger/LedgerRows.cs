using System.Globalization;
using Gating.Azure.Tables;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>Rows of a stream's partition, version 1: what stands in which property, both ways.</summary>
internal static class LedgerRows
{
    private const string Seq = "Seq";
    private const string HeadBytes = "Head";
    private const string Mac = "Mac";
    private const string Kind = "Kind";
    private const string Time = "Time";
    private const string Previous = "Prev";
    private const string Public = "Public";
    private const string Sealed = "Sealed";
    private const string SealedDigest = "SealedDigest";
    private const string Blob = "Blob";
    private const string By = "By";

    /// <summary>The head as one binary property (16 KiB at most) with its MAC, and its seq beside it for whoever reads the table by eye.</summary>
    public static TableEntity OfHead(StreamId stream, Head head, StoredMac mac)
    {
        var bytes = HeadEncoding.Encode(head);
        return StoredRow.New(TableKeys.Partition(stream), TableKeys.Head)
            .With(Seq, TableValue.Of(head.Seq))
            .With(HeadBytes, TableValue.Of(bytes))
            .With(Mac, TableValue.Of(mac.Of(RowMacKind.Head, stream.ToBytes(), bytes)));
    }

    /// <summary>Throws <see cref="StreamFrozenException"/> where it is not what a gate wrote for that stream.</summary>
    public static StoredHead ReadHead(StreamId stream, TableEntity row, StoredMac mac)
    {
        var bytes = StoredRow.Known(row, "head").Get(HeadBytes).AsBinary().Span;
        var head = HeadEncoding.Decode(bytes);
        return mac.Holds(RowMacKind.Head, stream.ToBytes(), bytes, row.Get(Mac).AsBinary().Span)
            ? new(head, row.ETag.ToString())
            : throw new StreamFrozenException(stream, "its head is not what a gate wrote there: the MAC is of other bytes, another stream or another data key");
    }

    /// <summary>The same, and the number beside the head must be its own: for a check, which has to see every property.</summary>
    public static Head ReadWholeHead(StreamId stream, TableEntity row, StoredMac mac) => ReadHead(stream, row, mac).Head is var head && row.Get(Seq).AsInt64() == head.Seq
        ? head
        : throw new FormatException($"The head is of {head.Seq} entries and the number beside it is {row.Get(Seq).AsInt64()}.");

    /// <summary>The blob that an entry's row names; null where it has its bytes itself.</summary>
    public static string? BlobOf(TableEntity row) => row.TryGet(Blob, out var name) ? name.AsString() : null;

    /// <summary>An entry with its bytes in the row, or, where <paramref name="inBlob"/>, with the name of the blob that has them.</summary>
    public static TableEntity OfEntry(Entry entry, bool inBlob)
    {
        var row = StoredRow.New(TableKeys.Partition(entry.Stream), TableKeys.Entry(entry.Seq))
            .With(TableClient.OperationProperty, TableValue.Of(entry.Operation.ToString()))
            .With(Kind, TableValue.Of((int)entry.Kind))
            .With(Time, TableValue.Of(entry.Time))
            .With(Previous, TableValue.Of(entry.Previous.ToBytes()))
            .With(SealedDigest, TableValue.Of(entry.SealedDigest.ToBytes()));
        if (inBlob)
        {
            return row.With(Blob, TableValue.Of(TableKeys.Blob(entry.Hash)));
        }

        row.With(Public, TableValue.OfUtf8(entry.Public));
        return entry.Sealed.IsEmpty ? row : row.With(Sealed, TableValue.Of(entry.Sealed));
    }

    /// <summary>The entry, with its bytes from <paramref name="blobs"/> where the row names a blob.</summary>
    public static async Task<Entry> ReadEntryAsync(StreamId stream, TableEntity row, EntryBlobs blobs, CancellationToken cancellation)
    {
        StoredRow.Known(row, "entry");
        var seq = long.Parse(row.RowKey.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture);
        var entry = new Entry(
            stream,
            seq,
            (EntryKind)row.Get(Kind).AsInt32(),
            row.Get(Time).AsDateTime(),
            OperationId.Parse(row.Get(TableClient.OperationProperty).AsString()),
            row.TryGet(Public, out var text) ? System.Text.Encoding.UTF8.GetBytes(text.AsString()) : default(ReadOnlyMemory<byte>),
            row.TryGet(Sealed, out var bytes) ? bytes.AsBinary() : default,
            EntryHash.FromBytes(row.Get(SealedDigest).AsBinary().Span),
            EntryHash.FromBytes(row.Get(Previous).AsBinary().Span));
        return row.TryGet(Blob, out var name) ? await blobs.CompleteAsync(entry, name.AsString(), cancellation) : entry;
    }

    public static TableEntity OfKey(StreamId stream, KeyRow key) => StoredRow.New(TableKeys.Partition(stream), TableKeys.Key(key.Key))
        .With(Seq, TableValue.Of(key.Seq));

    public static KeyRow ReadKey(KeyHash key, TableEntity row) => new(key, StoredRow.Known(row, "short-lived row").Get(Seq).AsInt64());

    public static TableEntity OfSettlement(StreamId stream, SettlementRow settlement) =>
        StoredRow.New(TableKeys.Partition(stream), TableKeys.Settlement(settlement.Id)).With(By, TableValue.Of(settlement.By));

    public static SettlementRow ReadSettlement(SettlementId id, TableEntity row) => new(id, StoredRow.Known(row, "settlement").Get(By).AsInt64());
}
