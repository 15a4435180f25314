using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Bmff;
using Gating.Labels.Media;
using Gating.Labels.Mp4;
using Gating.Labels.Xmp;

namespace Gating.Labels.Heif;

/// <summary>
/// HEIF and AVIF (ISO/IEC 23008-12): the label is <c>TC260:AIGC</c> in XMP, an item of type <c>mime</c> that describes (<c>cdsc</c>) the primary item (TC260-PG-20259A). A new packet
/// stands in an mdat of its own at the end of the file.
/// </summary>
internal sealed class HeifFormat : ILabelFormat
{
    public string Name => "HEIF";

    public string MediaTypeOf(MediaSource source) => source.StandsAt(8, "avi"u8) ? "image/avif" : source.StandsAt(8, "hei"u8) ? "image/heic" : "image/heif";

    public bool Recognizes(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && start[4..].StartsWith("ftyp"u8) && ImageBrands.All.Contains(Encoding.Latin1.GetString(start.Slice(8, 4)), StringComparer.Ordinal);

    public void Read(MediaSource source, LabelFindings findings)
    {
        var file = HeifFile.Read(source);
        findings.HasC2pa = file.HasC2pa;
        foreach (var place in file.Places.All.Where(place => file.Xmp.Contains(place.Id)))
        {
            if (file.ReadItem(source, place) is { } packet)
            {
                XmpPacket.Read(packet, file.Places.Box.Offset, "XMP", findings);
            }
            else
            {
                findings.Notes.Add("An XMP item that is too large, or stands elsewhere, is not looked into.");
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var file = HeifFile.Read(source);
        var edits = new BmffEdits();
        var existing = file.Places.All.Where(place => file.Xmp.Contains(place.Id)).Select(place => (Place: place, Packet: file.ReadItem(source, place))).Where(static item => item.Packet is not null).ToArray();
        if (existing.Length > 1 || file.HasFragments)
        {
            throw MediaException.Unsupported(file.Meta.Offset, existing.Length > 1 ? "Several XMP items." : "Fragments of a sequence.");
        }

        var old = existing.Length == 0 ? null : existing[0].Place;
        var packet = XmpPacket.Write(content, old is null ? default : existing[0].Packet, file.Places.Box.Offset);
        var id = old?.Id ?? file.LastId + 1;
        var isInPlace = old is { Method: 0, Extents: [{ Length: > 0 }] } && Replace(source, edits, file, old, packet);
        if (old is null)
        {
            Declare(source, edits, file, id);
        }

        // Last, as meta may end where the file does.
        if (!isInPlace)
        {
            Append(edits, file.Last, packet);
        }

        // Its place is known once everything has its length: filled in below.
        var places = file.Places.All.Where(place => place != old).Append(new HeifPlace(id, 0, 0, 0, [new(0, 0, packet.Length)])).ToArray();
        var written = new byte[file.Places.Write(places, static (_, _) => 0).Length];
        edits.Replace(file.Meta, file.Places.Box.Offset, file.Places.Box.End, written);
        var at = isInPlace ? edits.Map(old!.Base + old.Extents[0].Offset) : edits.Map(file.Last.End) - packet.Length;
        file.Places.Write(places, (place, offset) => place == places[^1] ? at : place.Method == 0 && place.Reference == 0 ? edits.Map(offset) : offset).CopyTo(written, 0);
        foreach (var track in file.Movie?.Children(source).Where(static box => box.Type is "trak") ?? [])
        {
            Mp4Offsets.OfTrack(source, track, edits);
        }

        return edits.ToSplice(source);
    }

    /// <summary>In the mdat where it stands, unless something else stands there too.</summary>
    private static bool Replace(MediaSource source, BmffEdits edits, HeifFile file, HeifPlace old, byte[] packet)
    {
        var from = old.Base + old.Extents[0].Offset;
        var to = from + old.Extents[0].Length;
        var isShared = file.Places.All.Any(place => place != old && place.Method == 0 && place.Extents.Any(extent => place.Base + extent.Offset < to && from < place.Base + extent.Offset + extent.Length));
        if (isShared || BmffBox.OfFile(source).FirstOrDefault(box => box.Type is "mdat" && box.Content <= from && to <= box.End) is not { } home)
        {
            return false;
        }

        edits.Replace(home, from, to, packet);
        return true;
    }

    private static void Append(BmffEdits edits, BmffBox last, byte[] packet)
    {
        if (last.IsToTheEnd)
        {
            throw MediaException.Unsupported(last.Offset, "Nothing can be put behind a box that goes to the end of the file.");
        }

        edits.Insert(null, last.End, BmffBox.Of("mdat"u8, packet));
    }

    private static void Declare(MediaSource source, BmffEdits edits, HeifFile file, uint id)
    {
        if (id > ushort.MaxValue)
        {
            throw MediaException.Unsupported(file.Items.Offset, "No number is left for another item.");
        }

        byte[] number = [(byte)(id >> 8), (byte)id];
        var width = source.ReadByte(file.Items.Content) == 0 ? 2 : 4;
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, (width == 2 ? source.ReadUInt16BigEndian(file.Items.Content + 4) : source.ReadUInt32BigEndian(file.Items.Content + 4)) + 1);
        edits.Replace(file.Items, file.Items.Content + 4, file.Items.Content + 4 + width, count.AsMemory(4 - width));
        edits.Insert(file.Items, EndOf(source, file.Items, width + 4), BmffBox.Of("infe"u8, [2, 0, 0, 0, .. number, 0, 0, .. "mime\0application/rdf+xml\0"u8]));

        var isLong = file.References is { } references && source.ReadByte(references.Content) != 0;
        var primary = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(primary, file.Primary);
        var reference = BmffBox.Of("cdsc"u8, isLong ? [0, 0, .. number, 0, 1, .. primary] : [.. number, 0, 1, primary[2], primary[3]]);
        if (file.References is null)
        {
            edits.Insert(file.Meta, EndOf(source, file.Meta, 4), BmffBox.Of("iref"u8, new byte[4], reference));
        }
        else
        {
            edits.Insert(file.References, EndOf(source, file.References, 4), reference);
        }
    }

    /// <summary>Where another box can follow: not behind a rest that is none.</summary>
    private static long EndOf(MediaSource source, BmffBox box, int skipped)
    {
        var end = box.Children(source, skipped).LastOrDefault()?.End ?? box.Content + skipped;
        return end == box.End ? end : throw MediaException.Malformed(end, "A list that does not end with its last entry.");
    }
}
