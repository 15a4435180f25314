using Gating.Labels.Media;

namespace Gating.Labels.Tiff;

/// <summary>An entry of a directory that matters here.</summary>
/// <param name="Offset">Of the entry itself.</param>
/// <param name="Count">Of its values, which are bytes in all that is looked into.</param>
/// <param name="ValueOffset">Where the values are; meaningless where they stand in the entry.</param>
internal sealed record TiffEntry(ushort Tag, ushort Type, long Offset, long Count, long ValueOffset)
{
    public const ushort ImageDescription = 0x010E;
    public const ushort Xmp = 0x02BC;
    public const ushort ExifIfd = 0x8769;
    public const ushort UserComment = 0x9286;
    public const ushort C2pa = 0xCD41;
}

/// <summary>A directory: its number of entries, the entries by rising tag, the offset of the next one.</summary>
/// <param name="XmpAt">Where an entry for XMP stands or would stand.</param>
internal sealed record TiffIfd(long Offset, long Count, long XmpAt, long End, long Next, IReadOnlyList<TiffEntry> Entries)
{
    private const ushort Long = 4;
    private const ushort Ifd = 13;
    private const int MaxEntries = 32_768;
    private const int MaxPages = 65_536;

    /// <summary>Directories may overlap in a hostile file: this bounds the work, whatever their number.</summary>
    private const long MaxEntriesInAll = 2_000_000;

    /// <summary>All pages, in order; the first is the one that the label stands in.</summary>
    public static IReadOnlyList<TiffIfd> ReadPages(TiffLayout layout)
    {
        var pages = new List<TiffIfd>();
        var seen = new HashSet<long>();
        var entries = 0L;
        for (var at = layout.ReadOffset(layout.FirstIfdAt); at != 0 || pages.Count == 0; at = pages[^1].Next)
        {
            if (!seen.Add(at) || at < layout.FirstIfdAt + layout.OffsetSize)
            {
                throw MediaException.Malformed(at, "The directories run in a circle.");
            }

            pages.Add(ReadOne(layout, at));
            entries += pages[^1].Count;
            if (pages.Count > MaxPages || entries > MaxEntriesInAll)
            {
                throw MediaException.Unsupported(at, $"More than {MaxPages} pages or {MaxEntriesInAll} entries.");
            }
        }

        return pages;
    }

    public static TiffIfd ReadOne(TiffLayout layout, long offset)
    {
        var count = layout.ReadIfdCount(offset);
        if (count > MaxEntries)
        {
            throw MediaException.Unsupported(offset, $"A directory of {count} entries; at most {MaxEntries} are looked into.");
        }

        var first = offset + layout.CountSize;
        var end = first + (count * layout.EntrySize);
        layout.Source.Demand(offset, end + layout.OffsetSize - offset);
        var entries = new List<TiffEntry>();
        var xmpAt = end;
        for (var at = first; at < end; at += layout.EntrySize)
        {
            var tag = layout.ReadUInt16(at);
            if (tag >= TiffEntry.Xmp && xmpAt == end)
            {
                xmpAt = at;
            }

            if (tag is TiffEntry.ImageDescription or TiffEntry.Xmp or TiffEntry.ExifIfd or TiffEntry.UserComment or TiffEntry.C2pa)
            {
                entries.Add(EntryAt(layout, tag, at));
            }
        }

        return new(offset, count, xmpAt, end + layout.OffsetSize, layout.ReadOffset(end), entries.Count <= 256 ? entries : throw MediaException.Malformed(offset, "A directory says the same thing again and again."));
    }

    /// <summary>The Exif directory; null where there is none. One that is broken holds no label that anybody could read.</summary>
    public static TiffIfd? ExifOf(TiffLayout layout, TiffIfd first)
    {
        try
        {
            return first.Entries.FirstOrDefault(static entry => entry.Tag is TiffEntry.ExifIfd) is { } exif ? ReadOne(layout, exif.ValueOffset) : null;
        }
        catch (MediaException)
        {
            return null;
        }
    }

    // Texts are bytes, so that few of them stand in the entry itself; a pointer to a directory always does, and may be narrower than an offset of BigTIFF.
    private static TiffEntry EntryAt(TiffLayout layout, ushort tag, long at)
    {
        var (type, count) = (layout.ReadUInt16(at + 2), layout.ReadOffset(at + 4));
        var value = at + 4 + layout.OffsetSize;
        return new(tag, type, at, count, tag is TiffEntry.ExifIfd ? (type is Long or Ifd ? layout.ReadUInt32(value) : layout.ReadOffset(value)) : count > layout.OffsetSize ? layout.ReadOffset(value) : 0);
    }
}
