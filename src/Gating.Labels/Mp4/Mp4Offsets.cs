using Gating.Labels.Bmff;
using Gating.Labels.Media;

namespace Gating.Labels.Mp4;

/// <summary>
/// Every place of a file that says where something stands in it: <c>stco</c>, <c>co64</c> (8.7.5), <c>saio</c> (8.7.9), <c>tfhd</c> (8.8.7), <c>tfra</c> (8.8.10). Offsets in <c>sidx</c>
/// (8.16.3), <c>trun</c> (8.8.8) and the rest of <c>moof</c> are relative, and are checked to stay right.
/// </summary>
internal static class Mp4Offsets
{
    public static void Follow(MediaSource source, Mp4File file, BmffEdits edits)
    {
        if (!BmffBox.OfFile(source).Any(box => box.Type is "mdat" or "moof" or "idat" && edits.Map(box.Content) != box.Content))
        {
            return;
        }

        foreach (var box in file.Moov.Children(source))
        {
            switch (box.Type)
            {
                case "trak":
                    OfTrack(source, box, edits);
                    break;
                case "meta":
                    DemandNoItems(source, box);
                    break;
            }
        }

        BmffBox? fragment = null;
        foreach (var box in BmffBox.OfFile(source))
        {
            switch (box.Type)
            {
                case "meta":
                    DemandNoItems(source, box);
                    break;
                case "moof":
                    OfFragment(source, fragment = box, edits);
                    break;
                case "mdat" when fragment is not null:
                    DemandTogether(edits, fragment.Offset, box.Content);
                    fragment = null;
                    break;
                case "sidx":
                    OfIndex(source, box, edits);
                    break;
                case "mfra":
                    OfRandomAccess(source, box, edits);
                    break;
            }
        }
    }

    public static void OfTrack(MediaSource source, BmffBox track, BmffEdits edits)
    {
        if (track.Find(source, "mdia", "minf") is not { } minf || minf.Find(source, "stbl") is not { } table || IsElsewhere(source, minf))
        {
            return;
        }

        foreach (var box in table.Children(source))
        {
            switch (box.Type)
            {
                case "stco":
                    Table(source, box, 0, 4, edits);
                    break;
                case "co64":
                    Table(source, box, 0, 8, edits);
                    break;
                case "saio":
                    // With flag 1, the type of the information and its parameter stand before the count.
                    Demand(box, 4);
                    Table(source, box, (source.ReadByte(box.Content + 3) & 1) == 0 ? 0 : 8, source.ReadByte(box.Content) == 0 ? 4 : 8, edits);
                    break;
            }
        }
    }

    /// <summary>Whether the media stand in other files (dref, 8.7.2: flag 1 is for this one), where nothing moves.</summary>
    private static bool IsElsewhere(MediaSource source, BmffBox minf)
    {
        if (minf.Find(source, "dinf", "dref") is not { } references || references.End - references.Content < 8)
        {
            return false;
        }

        var (here, there) = (0, 0);
        foreach (var entry in references.Children(source, 8))
        {
            Demand(entry, 4);
            _ = (source.ReadByte(entry.Content + 3) & 1) != 0 ? here++ : there++;
        }

        return here > 0 && there > 0 ? throw MediaException.Unsupported(references.Offset, "A track of which a part stands in another file.") : there > 0;
    }

    /// <summary>Version and flags, perhaps more, a count, and as many offsets.</summary>
    private static void Table(MediaSource source, BmffBox box, int skipped, int width, BmffEdits edits)
    {
        Demand(box, 8 + skipped);
        var from = box.Content + 8 + skipped;
        var to = from + (long)source.ReadUInt32BigEndian(from - 4) * width;
        Demand(box, to - box.Content);
        if (to > from)
        {
            edits.Follow(from, to, width, 0, width);
        }
    }

    private static void OfFragment(MediaSource source, BmffBox fragment, BmffEdits edits)
    {
        foreach (var track in fragment.Children(source).Where(static box => box.Type is "traf"))
        {
            // Flags, track, and with flag 1 the base of all offsets of this fragment.
            if (track.Find(source, "tfhd") is { } header)
            {
                Demand(header, 8);
                if ((source.ReadByte(header.Content + 3) & 1) != 0)
                {
                    Demand(header, 16);
                    edits.Follow(header.Content + 8, header.Content + 16, 8, 0, 8);
                }
            }
        }
    }

    private static void OfRandomAccess(MediaSource source, BmffBox all, BmffEdits edits)
    {
        foreach (var box in all.Children(source).Where(static box => box.Type is "tfra"))
        {
            Demand(box, 16);
            var width = source.ReadByte(box.Content) == 0 ? 4 : 8;
            var sizes = source.ReadByte(box.Content + 11);

            // Time, offset, and three numbers of one to four bytes each.
            var unit = (2 * width) + 3 + (sizes >> 4 & 3) + (sizes >> 2 & 3) + (sizes & 3);
            var from = box.Content + 16;
            var to = from + (long)source.ReadUInt32BigEndian(from - 4) * unit;
            Demand(box, to - box.Content);
            if (to > from)
            {
                edits.Follow(from, to, unit, width, width);
            }
        }
    }

    /// <summary>From the first byte behind it on, plus an offset, as many bytes as its references sum up to.</summary>
    private static void OfIndex(MediaSource source, BmffBox box, BmffEdits edits)
    {
        Demand(box, 12);
        var isLong = source.ReadByte(box.Content) != 0;
        var behind = box.Content + 12 + (isLong ? 16 : 8);
        Demand(box, behind + 4 - box.Content);
        var first = isLong ? source.ReadUInt64BigEndian(behind - 8) : source.ReadUInt32BigEndian(behind - 4);
        var count = source.ReadUInt16BigEndian(behind + 2);
        Demand(box, behind + 4 - box.Content + (count * 12L));
        var start = first <= (ulong)source.Length ? box.End + (long)first : throw MediaException.Malformed(box.Offset, "An index of what stands beyond the file.");
        var end = start;
        for (var i = 0; i < count; i++)
        {
            end += source.ReadUInt32BigEndian(behind + 4 + (i * 12L)) & int.MaxValue;
            DemandTogether(edits, box.End, Math.Min(end, source.Length));
        }
    }

    private static void DemandTogether(BmffEdits edits, long from, long to)
    {
        // The last byte of the stretch, as what is put in right behind it moves nothing of it.
        if (to > from && edits.Map(to - 1) - edits.Map(from) != to - 1 - from)
        {
            throw MediaException.Unsupported(from, "What changes stands between an index and what it points to.");
        }
    }

    private static void DemandNoItems(MediaSource source, BmffBox meta)
    {
        var skipped = meta.End - meta.Content >= 4 && source.ReadUInt32BigEndian(meta.Content) == 0 ? 4 : 0;
        if (meta.Children(source, skipped).Any(static box => box.Type is "iloc"))
        {
            throw MediaException.Unsupported(meta.Offset, "Items that would move with the media.");
        }
    }

    private static void Demand(BmffBox box, long length)
    {
        if (length > box.End - box.Content)
        {
            throw MediaException.Malformed(box.Offset, "A box is too short for what it announces.");
        }
    }
}
