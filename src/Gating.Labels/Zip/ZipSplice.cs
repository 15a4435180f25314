using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Zip;

/// <summary>A ZIP in which some entries get new content, where they stand, and new ones come behind the last; every other entry stays as it is, byte for byte.</summary>
internal sealed class ZipSplice(MediaSource source, ZipDirectory directory)
{
    private readonly List<Change> _changes = [];

    /// <param name="Header">In the directory, its place not yet filled in.</param>
    /// <param name="End">Of what is replaced; <paramref name="Start"/> for a new entry.</param>
    private sealed record Change(ZipEntry? Old, long Start, long End, byte[] Header, byte[] Local, ReadOnlyMemory<byte> Packed)
    {
        public long Growth => Local.Length + Packed.Length - (End - Start);
    }

    public void Replace(ZipEntry entry, byte[] content)
    {
        var packed = ZipContent.Of(content);
        var header = ZipHeader.Of(source, entry, packed);
        _changes.Add(new(entry, entry.LocalAt, entry.End(source), header, ZipHeader.Local(header, ZipHeader.LocalExtraOf(source, entry)), packed.Packed));
    }

    /// <param name="like">Whose time and kind the new entry gets.</param>
    public void Add(string name, byte[] content, ZipEntry like)
    {
        var packed = ZipContent.Of(content);
        var header = ZipHeader.New(source, like, name, packed);
        _changes.Add(new(null, directory.Start, directory.Start, header, ZipHeader.Local(header, default), packed.Packed));
    }

    public Splice Plan()
    {
        _changes.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        var splice = new Splice();
        var kept = 0L;
        foreach (var change in _changes)
        {
            splice.Keep(kept, change.Start);
            ZipHeader.SetPlace(change.Header, splice.Length, 0);
            splice.Write(change.Local).Write(change.Packed);
            kept = change.End;
        }

        splice.Keep(kept, directory.Start);
        var start = splice.Length;
        DemandPlaces(start);
        var length = directory.End - directory.Start + _changes.Sum(static change => change.Header.Length - (change.Old?.HeaderLength ?? 0L));
        return splice.Make(length, WriteDirectory).Write(EndRecords(start, length)).Keep(directory.RecordAt + ZipDirectory.RecordLength, source.Length);
    }

    private long PlaceOf(ZipEntry entry) => entry.LocalAt + _changes.Where(change => change.Start < entry.LocalAt).Sum(static change => change.Growth);

    // Places above the first change alone move. All that could go wrong while writing is found while planning.
    private void DemandPlaces(long start)
    {
        if (start >= uint.MaxValue && directory.Entries(source).FirstOrDefault(entry => entry.LargePlaceAt == 0 && PlaceOf(entry) >= uint.MaxValue) is { } far)
        {
            ZipHeader.Demand32(PlaceOf(far));
        }
    }

    private void WriteDirectory(MediaSource from, Action<ReadOnlyMemory<byte>> put)
    {
        foreach (var entry in directory.Entries(from))
        {
            if (_changes.Find(change => change.Old == entry) is { } changed)
            {
                put(changed.Header);
                continue;
            }

            var header = from.ReadBytes(entry.HeaderAt, entry.HeaderLength, 4 * ushort.MaxValue);
            ZipHeader.SetPlace(header, PlaceOf(entry), entry.LargePlaceAt);
            put(header);
        }

        foreach (var added in _changes.Where(static change => change.Old is null))
        {
            put(added.Header);
        }
    }

    /// <summary>What of the end records is not the comment. Fields that are full of ones because ZIP64's record says it stay so.</summary>
    private byte[] EndRecords(long start, long length)
    {
        var records = source.ReadBytes(directory.End, directory.RecordAt + ZipDirectory.RecordLength - directory.End, 256);
        var count = directory.Count + _changes.Count(static change => change.Old is null);
        var end = records.AsSpan(records.Length - ZipDirectory.RecordLength);
        var isLarge = directory.LargeRecordAt >= 0;
        if (isLarge)
        {
            BinaryPrimitives.WriteInt64LittleEndian(records.AsSpan(24), count);
            BinaryPrimitives.WriteInt64LittleEndian(records.AsSpan(32), count);
            BinaryPrimitives.WriteInt64LittleEndian(records.AsSpan(40), length);
            BinaryPrimitives.WriteInt64LittleEndian(records.AsSpan(48), start);
            BinaryPrimitives.WriteInt64LittleEndian(records.AsSpan(ZipDirectory.LargeRecordLength + 8), start + length);
        }

        foreach (var at in (int[])[8, 10])
        {
            BinaryPrimitives.WriteUInt16LittleEndian(end[at..], isLarge && BinaryPrimitives.ReadUInt16LittleEndian(end[at..]) == ushort.MaxValue ? ushort.MaxValue : (ushort)count);
        }

        foreach (var (at, value) in ((int, long)[])[(12, length), (16, start)])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(end[at..], isLarge && BinaryPrimitives.ReadUInt32LittleEndian(end[at..]) == uint.MaxValue ? uint.MaxValue : ZipHeader.Demand32(value));
        }

        return records;
    }
}
