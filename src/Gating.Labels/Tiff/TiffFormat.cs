using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Tiff;

/// <summary>
/// TIFF 6.0 and BigTIFF: the label is <c>TC260:AIGC</c> in the XMP packet of tag 700 in the first directory (TC260-PG-20259A), written with field type 7 as that guide says; types 1 and
/// 7 are read. Read as well, and replaced: Exif <c>UserComment</c> and <c>ImageDescription</c>. Strips, tiles and all other directories stay where they are: what is new stands at the end.
/// </summary>
internal sealed class TiffFormat : ILabelFormat
{
    private const ushort Byte = 1;
    private const ushort Undefined = 7;

    /// <summary>Pages behind the first one whose XMP is looked into.</summary>
    private const int MaxLookedInto = 64;

    public string Name => "TIFF";

    public string MediaTypeOf(MediaSource source) => "image/tiff";

    public bool Recognizes(ReadOnlySpan<byte> start) => TiffLayout.Recognizes(start);

    public void Read(MediaSource source, LabelFindings findings)
    {
        var layout = TiffLayout.Of(source);
        var pages = TiffIfd.ReadPages(layout);
        findings.HasC2pa = pages[0].Entries.Any(static entry => entry.Tag is TiffEntry.C2pa);
        for (var i = 0; i < Math.Min(pages.Count, MaxLookedInto + 1); i++)
        {
            foreach (var entry in pages[i].Entries.Where(entry => IsXmp(layout, entry)))
            {
                XmpPacket.Read(PacketOf(source, entry), entry.ValueOffset, i == 0 ? "XMP" : "XMP of a later page", findings);
            }
        }

        foreach (var text in TiffText.Of(layout, pages[0]))
        {
            findings.Add(text.Place, text.Offset, text.Text, isUsualPlace: text.IsUsualPlace);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var layout = TiffLayout.Of(source);
        var pages = TiffIfd.ReadPages(layout);
        DemandNoneOnLaterPages(layout, pages);
        var old = pages[0].Entries.Where(static entry => entry.Tag is TiffEntry.Xmp).ToArray();
        if (old.Length > 1)
        {
            throw MediaException.Malformed(old[1].Offset, "The first directory has two XMP packets.");
        }

        var existing = old.FirstOrDefault(entry => IsXmp(layout, entry));
        var packet = XmpPacket.Write(content, existing is null ? default : PacketOf(source, existing), existing?.ValueOffset ?? 0);
        var patches = new TiffPatches(layout, pages);
        foreach (var text in TiffText.Of(layout, pages[0]))
        {
            patches.Blank(text.Offset, text.Length);
        }

        return old.Length > 0 ? Replace(layout, patches, old[0], existing, packet) : Insert(layout, patches, pages[0], packet);
    }

    // The entry points to a packet at the end. The old packet's room is used again where it is the end, so that one label written twice is the same file.
    private static Splice Replace(TiffLayout layout, TiffPatches patches, TiffEntry entry, TiffEntry? existing, byte[] packet)
    {
        var isTail = existing is not null && existing.ValueOffset + existing.Count == layout.Source.Length;
        var end = isTail ? existing!.ValueOffset : layout.Source.Length;
        var at = isTail ? end : Align(end, layout);
        patches.Set(entry.Offset, layout.OfEntry(TiffEntry.Xmp, Undefined, packet.Length, at));
        if (existing is not null && !isTail)
        {
            patches.Blank(existing.ValueOffset, existing.Count);
        }

        return patches.Apply(new Splice(), end, isTail).Write(new byte[at - end]).Write(packet);
    }

    // There is no room for one more entry where the directory stands: a copy with it goes to the end, and the header points there.
    private static Splice Insert(TiffLayout layout, TiffPatches patches, TiffIfd first, byte[] packet)
    {
        var end = layout.Source.Length;
        var at = Align(end, layout);
        var packetAt = at + (first.End - first.Offset) + layout.EntrySize;
        patches.Set(layout.FirstIfdAt, layout.OfOffset(at));
        return patches.Apply(new Splice(), end, isTail: false)
            .Write(new byte[at - end])
            .Write(layout.OfIfdCount(first.Count + 1))
            .Keep(first.Offset + layout.CountSize, first.XmpAt)
            .Write(layout.OfEntry(TiffEntry.Xmp, Undefined, packet.Length, packetAt))
            .Keep(first.XmpAt, first.End)
            .Write(packet);
    }

    private static void DemandNoneOnLaterPages(TiffLayout layout, IReadOnlyList<TiffIfd> pages)
    {
        var findings = new LabelFindings();
        foreach (var entry in pages.Skip(1).Take(MaxLookedInto).SelectMany(static page => page.Entries).Where(entry => IsXmp(layout, entry)))
        {
            XmpPacket.Read(PacketOf(layout.Source, entry), entry.ValueOffset, "XMP of a later page", findings);
        }

        if (findings.Labels is [var label, ..])
        {
            throw MediaException.Unsupported(label.Offset, "A later page has a label of its own, which cannot be replaced here.");
        }
    }

    private static bool IsXmp(TiffLayout layout, TiffEntry entry) => entry is { Tag: TiffEntry.Xmp, Type: Byte or Undefined } && entry.Count > layout.OffsetSize;

    private static byte[] PacketOf(MediaSource source, TiffEntry entry) => source.ReadBytes(entry.ValueOffset, entry.Count, XmpPacket.MaxBytes);

    private static long Align(long offset, TiffLayout layout) => (offset + layout.Alignment - 1) / layout.Alignment * layout.Alignment;
}
