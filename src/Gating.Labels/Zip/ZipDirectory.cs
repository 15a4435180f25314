using System.Globalization;
using Gating.Labels.Media;

namespace Gating.Labels.Zip;

/// <summary>
/// The central directory of a ZIP (APPNOTE 4.3): it alone says what the archive holds. It is walked and never held; entries that share bytes, lie about where they are or stand in front of
/// something that is no part of the archive are refused, since readers differ in what they make of them.
/// </summary>
/// <param name="End">Where its last entry ends, and its end records begin.</param>
/// <param name="RecordAt">Of the end record.</param>
/// <param name="LargeRecordAt">Of the end record of ZIP64, which then stands first; -1: none.</param>
internal sealed record ZipDirectory(long Start, long End, int Count, long RecordAt, long LargeRecordAt)
{
    public const int RecordLength = 22;
    public const int LargeRecordLength = 56;
    public const int LocatorLength = 20;

    /// <summary>Of entries: as many as the end record can count without ZIP64, less the one that is added.</summary>
    private const int MaxCount = ushort.MaxValue - 1;

    private const long MaxLength = 16 * 1024 * 1024;

    public static ZipDirectory Read(MediaSource source)
    {
        var record = FindRecord(source);
        var large = source.StandsAt(record - LocatorLength, "PK\u0006\u0007"u8) ? LargeRecord(source, record) : -1;
        var (count, length, start) = ((long)source.ReadUInt16LittleEndian(record + 10), (long)source.ReadUInt32LittleEndian(record + 12), (long)source.ReadUInt32LittleEndian(record + 16));
        if (source.ReadUInt32LittleEndian(record + 4) is not 0 || source.ReadUInt16LittleEndian(record + 8) != count)
        {
            throw MediaException.Unsupported(record, "A ZIP in several volumes.");
        }

        if (large >= 0)
        {
            (count, length, start) = (Either(count, ushort.MaxValue, 32), Either(length, uint.MaxValue, 40), Either(start, uint.MaxValue, 48));
        }

        var end = large >= 0 ? large : record;
        if (count > MaxCount || length > MaxLength)
        {
            throw MediaException.Unsupported(record, string.Create(CultureInfo.InvariantCulture, $"A ZIP of {count} entries in {length} bytes of directory; at most {MaxCount} in {MaxLength} are read."));
        }

        return start + length == end ? new(start, end, (int)count, record, large) : throw MediaException.Malformed(record, "The ZIP's directory does not stand where its end says, or something else stands there too.");

        // Some readers go by the one record, some by the other.
        long Either(long small, long none, int at) =>
            Long(source, large + at) is var value && (small == none || small == value) ? value : throw MediaException.Malformed(record, "The two end records of the ZIP differ.");
    }

    public IEnumerable<ZipEntry> Entries(MediaSource source)
    {
        var at = Start;
        for (var i = 0; i < Count; i++)
        {
            var entry = ZipEntry.At(source, at);
            at += entry.HeaderLength;
            if (at > End)
            {
                throw MediaException.Malformed(entry.HeaderAt, "An entry reaches beyond the ZIP's directory.");
            }

            yield return entry;
        }

        if (at != End)
        {
            throw MediaException.Malformed(at, "The ZIP's directory holds more than it counts.");
        }
    }

    /// <summary>Part names differ in more than the case of their letters (ECMA-376 part 2, 6.2.2.3): two that do not are refused.</summary>
    public ZipEntry? Find(MediaSource source, string name)
    {
        ZipEntry? found = null;
        foreach (var entry in Entries(source))
        {
            if (entry.Is(name))
            {
                found = found is null ? entry : throw MediaException.Malformed(entry.HeaderAt, $"Two entries are named {name}.");
            }
        }

        return found;
    }

    /// <summary>Throws unless every entry stands alone, in front of the directory, and can be read without a key.</summary>
    public void Check(MediaSource source)
    {
        var spans = new List<(long Start, long Length)>(Count);
        foreach (var entry in Entries(source))
        {
            if (entry.IsEncrypted)
            {
                throw new MediaException(MediaFault.Encrypted, entry.LocalAt, "An entry of the ZIP is encrypted.");
            }

            spans.Add((entry.LocalAt, entry.PackedLength));
        }

        // In the order of the file, so that it is read from front to back.
        spans.Sort();
        var free = 0L;
        foreach (var (start, length) in spans)
        {
            source.Demand(start, ZipEntry.LocalFixedLength);
            if (start < free || !source.StandsAt(start, ZipEntry.LocalSignature))
            {
                throw MediaException.Malformed(start, "Entries of the ZIP overlap, or one does not stand where the directory says.");
            }

            free = start + ZipEntry.LocalFixedLength + source.ReadUInt16LittleEndian(start + 26) + source.ReadUInt16LittleEndian(start + 28) + length;
            if (free > Start)
            {
                throw MediaException.Malformed(start, "An entry reaches into the ZIP's directory.");
            }
        }
    }

    /// <summary>The one record whose comment ends where the file does.</summary>
    private static long FindRecord(MediaSource source)
    {
        const int Edge = RecordLength + ushort.MaxValue;
        var edge = Math.Min(source.Length, Edge);
        var bytes = source.ReadBytes(source.Length - edge, edge, Edge);
        var found = -1L;
        for (var at = 0; at + RecordLength <= bytes.Length; at++)
        {
            var next = bytes.AsSpan(at).IndexOf("PK\u0005\u0006"u8);
            if (next < 0 || (at += next) + RecordLength > bytes.Length)
            {
                break;
            }

            if (at + RecordLength + BitConverter.ToUInt16(bytes, at + 20) == bytes.Length)
            {
                found = found < 0 ? source.Length - edge + at : throw MediaException.Malformed(source.Length - edge + at, "Two directories of a ZIP end with the file.");
            }
        }

        return found >= 0 ? found : throw new MediaException(MediaFault.Truncated, source.Length, "The end of the ZIP's directory is not there, or something stands behind it.");
    }

    private static long LargeRecord(MediaSource source, long record)
    {
        var at = Long(source, record - LocatorLength + 8);
        return at == record - LocatorLength - LargeRecordLength && source.StandsAt(at, "PK\u0006\u0006"u8)
            ? at
            : throw MediaException.Unsupported(record, "A ZIP64 end record that does not stand right before its locator.");
    }

    private static long Long(MediaSource source, long at) =>
        source.ReadUInt64LittleEndian(at) is var value && value <= long.MaxValue / 4 ? (long)value : throw MediaException.Malformed(at, "A length or a place that cannot be.");
}
